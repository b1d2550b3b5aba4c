// The page: its forms and buttons, signing in and out.

import { SignedOut, ask, call, carry, keep, kept, lookNow, refusal, stop, turns, underWay } from './question.js';
import { $, complain, say, scrollToEnd, show, showPhase, write } from './view.js';

const TOKEN = /^vakhta_[0-9a-f]{64}$/;

// --- asking

async function goOn() {
  try {
    const turn = await carry();
    // A question that was refused can be edited and sent again.
    if (turn && !turn.id && !turn.of && !turn.trouble?.retry && !$('message').value) {
      $('message').value = turn.text;
      keepDraft();
    }
  } catch (err) {
    if (!(err instanceof SignedOut)) throw err;
    setSignedIn(false, say('signed-out'));
  }
}

function put(text, of = undefined) {
  ask(text, of);
  scrollToEnd();
  $('message').focus();
  goOn();
}

function submit() {
  const text = $('message').value.trim();
  if (!text) return;
  if (underWay()) return write('busy', say('busy'));
  $('message').value = '';
  keepDraft();
  put(text);
}

function keepDraft() {
  const box = $('message');
  keep('draft', box.value);
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
}

// --- signing in and out

function setSignedIn(is, why = '') {
  document.body.dataset.signedIn = is;
  write('sign-in-alert', why);
  $(is ? 'message' : 'token').focus();
}

async function signIn(token) {
  if (!TOKEN.test(token)) return setSignedIn(false, say('token-form'));
  const said = await call('POST', '/api/session/', { authorization: `Bearer ${token}` });
  if (said.status === 401) return setSignedIn(false, say('problem-token'));
  if (said.status !== 204) return setSignedIn(false, refusal(said)?.text ?? say('no-connection'));
  $('token').value = '';
  begin();
}

async function signOut() {
  const said = await call('DELETE', '/api/session/');
  if (said.status !== 204) return complain({ text: refusal(said)?.text ?? say('no-connection') });
  sessionStorage.clear();
  location.reload();
}

// The token in a link's hash. It is removed from the address.
function tokenOfAddress() {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, '', location.pathname + location.search);
  return TOKEN.test(token) ? token : undefined;
}

function begin() {
  setSignedIn(true);
  keepDraft();
  goOn();
}

// A link never changes who is signed in.
async function start() {
  const token = tokenOfAddress();
  const { status } = await call('GET', '/api/session/');
  if (status !== 401) return begin();
  return token ? signIn(token) : setSignedIn(false);
}

// --- what happens

function onSubmit(id, act) {
  $(id).addEventListener('submit', (event) => {
    event.preventDefault();
    act();
  });
}

onSubmit('composer', submit);
onSubmit('sign-in', () => signIn($('token').value.trim()));
$('message').addEventListener('input', keepDraft);
$('message').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
document.addEventListener('keydown', (event) => event.key === 'Escape' && stop());
$('stop').addEventListener('click', () => {
  stop();
  $('message').focus();
});
$('again').addEventListener('click', () => put(turns.at(-1).text, turns.at(-1).of));
$('more').addEventListener('click', () => put(say('more'), turns.at(-1).id));
$('sign-out').addEventListener('click', signOut);

// After coming back, or losing the network, the status is read at once.
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && lookNow());
document.addEventListener('resume', lookNow);
for (const kind of ['pageshow', 'online', 'offline']) window.addEventListener(kind, lookNow);
window.addEventListener('hashchange', start);
setInterval(() => showPhase(underWay()), 1000);

$('message').value = kept('draft', '');
for (const turn of turns) show(turn, turn !== underWay());
start();
