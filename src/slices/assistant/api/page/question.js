// From a question to its answer. A turn is a question with its result. Turns are kept in the tab's
// session storage, so a reload continues. States: sending, open, completed, failed.
//
// Invariants:
// - A question keeps its idempotency key, however often it is sent.
// - The server's status is the truth; a stream only shows it sooner.
// - One question is under way at a time.

import { call, isText, keep, kept, refusal, say } from './shell.js';
import { show } from './view.js';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;
// The server sends something every 15 seconds, so a stream that is silent for longer is dead.
const SILENCE_MS = 20_000;
// Turns that are kept.
const MOST_TURNS = 50;

export const turns = kept('turns', []);

const isOver = (turn) => turn.state === 'completed' || turn.state === 'failed';
export const underWay = () => turns.find((turn) => !isOver(turn));

function change(turn, facts) {
  Object.assign(turn, facts);
  // Old turns make room for new ones.
  while (!keep('turns', turns) && turns.length > 1) turns.shift();
  show(turn, isOver(turn));
}

// Ends the current wait.
let wake = () => {};
export const lookNow = () => wake();

function rest(pause_ms) {
  return new Promise((done) => {
    const timer = setTimeout(done, pause_ms * (0.9 + 0.2 * Math.random()));
    wake = () => {
      clearTimeout(timer);
      done();
    };
  });
}

const longer = (pause_ms) => Math.min(pause_ms * 1.5, LONGEST_PAUSE_MS);

// --- from the question to its end

// `crypto.randomUUID` does not exist on a page loaded over plain http from another machine.
function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// Begins a question, which is then under way. `of` is the question whose answer is to go on.
export function ask(text, of = undefined) {
  turns.push({ key: newKey(), text, of, asked: Date.now(), state: 'sending', answer: '', attempt: 1 });
  turns.splice(0, turns.length - MOST_TURNS);
  change(turns.at(-1), {});
}

export function stop() {
  const turn = underWay();
  if (!turn || turn.isStopped) return;
  change(turn, { isStopped: true });
  wake();
}

let isCarrying = false;

// Brings the question that is under way to its end; resolves with its turn, if there was one.
// Throws `SignedOut`.
export async function carry() {
  const turn = underWay();
  if (!turn || isCarrying) return undefined;
  isCarrying = true;
  try {
    if (turn.state === 'sending') await send(turn);
    await follow(turn);
    return turn;
  } finally {
    isCarrying = false;
  }
}

async function send(turn) {
  const headers = { 'content-type': 'application/json', 'idempotency-key': turn.key };
  const path = turn.of ? `/api/chat-continue/${turn.of}/` : '/api/chat/';
  const body = turn.of ? undefined : JSON.stringify({ message: turn.text });
  for (let pause_ms = FIRST_PAUSE_MS; ; pause_ms = longer(pause_ms)) {
    const said = await call('POST', path, headers, body);
    const id = said.answer.request_id;
    if (id) return change(turn, { state: 'open', id, isOffline: false });
    const trouble = refusal(said);
    if (trouble) return change(turn, { state: 'failed', trouble });
    change(turn, { isOffline: true });
    if (!turn.isStopped) await rest(pause_ms);
    if (turn.isStopped) return fail(turn, { code: 'stopped', retry: true });
  }
}

// Follows the stream, and reads the status whenever the stream ends; reads only the status if
// streams bring nothing.
async function follow(turn) {
  let pause_ms = FIRST_PAUSE_MS;
  let isStreaming = true;
  let isReached = true;
  while (!isOver(turn)) {
    if (isStreaming && isReached && !turn.isStopped) {
      const events = await stream(turn);
      isStreaming = events > 0;
      // A stream with only its first event may be cut every time.
      if (events > 1) pause_ms = FIRST_PAUSE_MS;
      if (isOver(turn)) return;
    }
    const wasStopped = turn.isStopped;
    isReached = await look(turn);
    if (isOver(turn)) return;
    if (turn.isStopped === wasStopped) await rest(pause_ms);
    pause_ms = longer(pause_ms);
  }
}

// Resolves with the number of events when the stream ends, for any reason.
function stream(turn) {
  return new Promise((done) => {
    const source = new EventSource(`/api/chat-stream/${turn.id}/`);
    let events = 0;
    let silence;
    const end = () => {
      clearTimeout(silence);
      source.close();
      done(events);
    };
    const listen = () => {
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MS);
    };
    const on = (kind, take) =>
      source.addEventListener(kind, (event) => {
        events += 1;
        listen();
        take(JSON.parse(event.data));
        if (isOver(turn)) end();
      });
    for (const kind of ['snapshot', 'completed', 'failed']) on(kind, (status) => take(turn, status));
    // Not kept in storage: every stream begins with the whole text.
    on('delta', ({ text }) => {
      turn.answer += text;
      show(turn, false);
    });
    on('alive', () => {});
    source.onerror = end;
    wake = end;
    listen();
  });
}

// Reads the status, or stops the question, which returns the status too. True when the server was
// reached.
async function look(turn) {
  const said = turn.isStopped
    ? await call('DELETE', `/api/chat/${turn.id}/`)
    : await call('GET', `/api/chat-status/${turn.id}/`);
  const trouble = refusal(said);
  if (trouble) change(turn, { state: 'failed', trouble });
  else if (said.status === 200) take(turn, said.answer);
  else change(turn, { isOffline: true });
  return said.status === 200;
}

function take(turn, { status, answer, attempt, reason, truncated }) {
  if (status === 'failed') return fail(turn, reason ?? {}, answer);
  change(turn, { state: status === 'completed' ? status : 'open', answer, attempt, isTruncated: truncated, isOffline: false });
}

function fail(turn, { code, detail = '', retry = false }, answer = turn.answer) {
  const key = `failed-${code}`;
  const text = `${isText(key) ? say(key) : detail} ${say(retry ? 'retry-helps' : 'retry-useless')}`;
  change(turn, { state: 'failed', answer, trouble: { text, retry } });
}
