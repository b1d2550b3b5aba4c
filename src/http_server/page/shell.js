// What the parts of the page share: texts, what is kept in the tab, talking to the server, signing
// in and out of view, the tabs.
//
// Invariants:
// - A part is shown only if the session's token has its scope.
// - Announced text is written only when it changes.

// The server answers within 10 seconds, unless the caller knows better.
const CALL_LIMIT_MS = 15_000;

export const $ = (id) => document.getElementById(id);

// --- texts

const all = Array.from(document.querySelectorAll('template.texts'), (template) => Array.from(template.content.children));
const texts = Object.fromEntries(all.flat().map((p) => [p.dataset.key, p.textContent]));

export const isText = (key) => key in texts;
export const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function write(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

// --- what is kept in the tab

export function kept(name, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(name)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

// False when there is no storage or no room. The page still works, but a reload forgets.
export function keep(name, value) {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// --- talking to the server

export class SignedOut extends Error {}

// Status 0: no response.
export async function call(method, path, headers = {}, body = undefined, limit_ms = CALL_LIMIT_MS) {
  try {
    const response = await fetch(path, { method, headers, body, signal: AbortSignal.timeout(limit_ms) });
    const wait_s = Number(response.headers.get('retry-after'));
    const answer = response.status === 204 ? {} : await response.json().catch(() => ({}));
    return { status: response.status, wait_s, answer, scopes: response.headers.get('vakhta-scopes') };
  } catch {
    return { status: 0, wait_s: 0, answer: {} };
  }
}

// Why the server refuses; `undefined` when it cannot be reached or fails, because that may pass.
export function refusal({ status, wait_s, answer }) {
  if (status === 401) throw new SignedOut();
  if (status < 400 || status >= 500 || status === 408) return undefined;
  const key = `problem-${answer.code ?? (status === 413 ? 'message' : 'other')}`;
  const time = new Date(Date.now() + wait_s * 1000).toLocaleTimeString(document.documentElement.lang);
  return { text: say(isText(key) ? key : 'problem-other', { status, time }), retry: status === 429 };
}

// --- the parts and their tabs

const parts = new Map();
let shown;

// Says what a part does: `begin` when somebody is signed in, `show` whenever its tab is chosen.
export function part(name, acts) {
  parts.set(name, acts);
}

export function setSignedIn(is, why = '') {
  document.body.dataset.signedIn = is;
  write('sign-in-alert', why);
  if (!is) $('token').focus();
}

function choose(name) {
  shown = name;
  for (const other of parts.keys()) $(`part-${other}`).hidden = other !== name;
  for (const tab of $('tabs').children) tab.ariaCurrent = tab.dataset.tab === name ? 'page' : null;
  parts.get(name).show();
}

// Without scopes, because the server was not reached, every part is there.
export function begin(scopes) {
  const open = [...parts.keys()].filter((name) => !scopes || scopes.split(' ').includes(name));
  for (const tab of $('tabs').children) tab.hidden = !open.includes(tab.dataset.tab);
  $('tabs').hidden = open.length < 2;
  setSignedIn(true);
  for (const name of open) parts.get(name).begin();
  const before = shown ?? kept('tab');
  choose(open.includes(before) ? before : open[0]);
}

$('tabs').addEventListener('click', (event) => {
  const name = event.target.dataset.tab;
  if (!name) return;
  keep('tab', name);
  choose(name);
});
