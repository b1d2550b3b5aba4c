// Linking an account. A step is shown by its type alone.
//
// Invariants:
// - A code or a password is forgotten as soon as it is sent.
// - One login is shown at a time; a newer one takes its place.

import { $, isText, say } from './shell.js';
import { act, alarm, element, note, request, timeOf } from './trouble.js';

const LOOK_MS = 2_000;
const SVG = 'http://www.w3.org/2000/svg';

// The login that is shown: its id, its step.
let login;
let timer;
let tick;
let linked = () => {};

export function onLinked(what) {
  linked = what;
}

export function showLogin(begun) {
  login = begun;
  showStep();
}

const FORMS = {
  user_input: showInput,
  display_and_wait: showPicture,
  complete: showEnd,
  failed: showEnd,
};

function showStep() {
  clearTimeout(timer);
  clearInterval(tick);
  $('tg-ways').hidden = Boolean(login);
  $('tg-step').hidden = !login;
  $('tg-step-input').hidden = true;
  $('tg-step-picture').hidden = true;
  if (!login) return;
  $('tg-phone-form').hidden = true;
  const form = FORMS[login.step.type];
  if (form) form(login.step);
  else alarm(say('tg-unknown-step'));
}

function showInput({ field, via, length, expires_at, hint }) {
  $('tg-step-input').hidden = false;
  const input = $('tg-proof');
  const isSecret = field === 'password';
  Object.assign(input, { type: isSecret ? 'password' : 'text', value: '', inputMode: isSecret ? 'text' : 'numeric', autocomplete: isSecret ? 'current-password' : 'one-time-code' });
  $('tg-proof-label').textContent = isText(`tg-field-${field}`) ? say(`tg-field-${field}`) : field;
  const notes = [
    isText(`tg-note-${field}`) && say(`tg-note-${field}`),
    via && (isText(`tg-via-${via}`) ? say(`tg-via-${via}`) : say('tg-via-other')),
    length && say('tg-code-length', { n: length }),
    expires_at && say('tg-code-until', { time: timeOf(expires_at) }),
    hint && say('tg-hint', { name: hint }),
  ];
  $('tg-proof-note').textContent = notes.filter(Boolean).join(' ');
  input.focus();
}

// The picture is drawn from the parts of the server's, because no text becomes markup here.
function showPicture({ url, svg, expires_at }) {
  $('tg-step-picture').hidden = false;
  const [, box] = /viewBox="([\d ]+)"/.exec(svg) ?? [];
  const [, d] = / d="([MhvzHVL\d .-]+)"/.exec(svg) ?? [];
  const picture = document.createElementNS(SVG, 'svg');
  picture.setAttribute('viewBox', box ?? '0 0 1 1');
  picture.setAttribute('role', 'img');
  picture.setAttribute('aria-label', say('tg-qr'));
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', d ?? '');
  picture.append(path);
  const link = element('a', '', picture);
  link.href = url;
  $('tg-picture').replaceChildren(link);
  const left = () => {
    const seconds = Math.max(0, Math.ceil((Date.parse(expires_at) - Date.now()) / 1000));
    $('tg-left').textContent = say('tg-qr-left', { seconds });
  };
  left();
  tick = setInterval(left, 1000);
  timer = setTimeout(() => act(look), LOOK_MS);
}

// Reads the step, and shows it if it changed.
async function look() {
  const of = login;
  const read = await request('GET', `auth/qr/status/?login_id=${encodeURIComponent(of.login_id)}`);
  if (login !== of) return;
  if (read && JSON.stringify(read.step) !== JSON.stringify(of.step)) return showLogin(read);
  if (of.step.type === 'display_and_wait') timer = setTimeout(() => act(look), LOOK_MS);
}

function showEnd({ type, code, detail, account }) {
  login = undefined;
  showStep();
  if (type === 'failed') return alarm(isText(`refusal-${code}`) ? say(`refusal-${code}`) : detail);
  note(say('tg-linked', { name: account?.name || say('tg-nameless') }));
  linked();
}

async function begin(path, body) {
  note(say('tg-loading'));
  const begun = await request('POST', path, body);
  if (!begun) return;
  note('');
  showLogin(begun);
}

async function give() {
  const input = $('tg-proof');
  const of = login;
  const body = { login_id: of.login_id, [of.step.field]: input.value };
  input.value = '';
  const read = await request('POST', 'auth/verify/', body);
  if (login !== of) return;
  if (read) {
    note('');
    return showLogin(read);
  }
  input.focus();
  // The refusal may have ended the login.
  const now = await request('GET', `auth/qr/status/?login_id=${encodeURIComponent(of.login_id)}`);
  if (login === of && now && now.step.type !== of.step.type) showLogin(now);
}

async function cancel() {
  const of = login;
  login = undefined;
  showStep();
  $('tg-by-qr').focus();
  if (await request('DELETE', `auth/${encodeURIComponent(of.login_id)}/`)) note(say('tg-cancelled'));
}

function onSubmit(id, what) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    act(what);
  });
}

$('tg-by-qr').addEventListener('click', () => act(() => begin('auth/qr/')));
$('tg-by-phone').addEventListener('click', () => {
  $('tg-phone-form').hidden = false;
  $('tg-phone').focus();
});
onSubmit('tg-phone-form', () => begin('auth/phone/', { phone: $('tg-phone').value }));
onSubmit('tg-step-input', give);
$('tg-cancel').addEventListener('click', () => act(cancel));
