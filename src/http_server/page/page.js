// The page: signing in and out. The parts have said what they do before this runs.

import { $, begin, call, refusal, say, setSignedIn, write } from './shell.js';

const TOKEN = /^vakhta_[0-9a-f]{64}$/;

async function signIn(token) {
  if (!TOKEN.test(token)) return setSignedIn(false, say('token-form'));
  const said = await call('POST', '/api/session/', { authorization: `Bearer ${token}` });
  if (said.status === 401) return setSignedIn(false, say('problem-token'));
  if (said.status !== 204) return setSignedIn(false, refusal(said)?.text ?? say('no-connection'));
  $('token').value = '';
  start();
}

async function signOut() {
  const said = await call('DELETE', '/api/session/');
  if (said.status !== 204) return write('sign-out-alert', refusal(said)?.text ?? say('no-connection'));
  sessionStorage.clear();
  location.reload();
}

// The token in a link's hash. It is removed from the address.
function tokenOfAddress() {
  const token = location.hash.slice(1);
  if (token) history.replaceState(null, '', location.pathname + location.search);
  return TOKEN.test(token) ? token : undefined;
}

// A link never changes who is signed in.
async function start() {
  const token = tokenOfAddress();
  const { status, scopes } = await call('GET', '/api/session/');
  if (status !== 401) return begin(scopes);
  return token ? signIn(token) : setSignedIn(false);
}

$('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  signIn($('token').value.trim());
});
$('sign-out').addEventListener('click', signOut);
window.addEventListener('hashchange', start);
start();
