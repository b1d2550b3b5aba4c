// Asking the server, and what it refuses, in words.

import { SignedOut, call, isText, say, setSignedIn, write } from './shell.js';

// Telegram may take 30 seconds.
const LIMIT_MS = 40_000;

// The clock time of a moment, with the date.
export const timeOf = (at) => new Date(at).toLocaleString(document.documentElement.lang, { dateStyle: 'short', timeStyle: 'short' });

export function note(text) {
  write('tg-alert', '');
  write('tg-note', text);
}

export function alarm(text) {
  write('tg-note', '');
  write('tg-alert', text);
}

// What the server answered; `undefined` after a refusal, which the page tells.
export async function request(method, path, body = undefined) {
  const said = await call(method, `/api/telegram/${path}`, {}, body && JSON.stringify(body), LIMIT_MS);
  if (said.status >= 200 && said.status < 300) return said.answer;
  alarm(told(said));
  return undefined;
}

function told({ status, wait_s, answer }) {
  if (status === 0) return say('no-connection');
  if (answer.code === 'login_required') throw new SignedOut();
  const key = `refusal-${answer.code}`;
  const text = isText(key) ? say(key) : say('tg-problem-other', { status });
  return wait_s ? `${text} ${say('tg-wait', { time: timeOf(Date.now() + wait_s * 1000) })}` : text;
}

// Does something; if the session is over meanwhile, asks to sign in.
export async function act(what) {
  try {
    await what();
  } catch (err) {
    if (!(err instanceof SignedOut)) throw err;
    setSignedIn(false, say('signed-out'));
  }
}

export function element(name, text = '', ...children) {
  const made = document.createElement(name);
  made.append(text, ...children);
  return made;
}

// A button that is off while it works.
export function button(text, what) {
  const made = element('button', text);
  made.type = 'button';
  made.addEventListener('click', () => act(async () => {
    made.disabled = true;
    try {
      await what();
    } finally {
      made.disabled = false;
    }
  }));
  return made;
}
