// Telegram accounts: the list with its states, and logging out.

import { onLinked, showLogin } from './login.js';
import { showChats, showDevices, view } from './reading.js';
import { $, isText, part, say } from './shell.js';
import { act, alarm, button, element, note, request } from './trouble.js';

async function load() {
  const status = await request('GET', 'session/?check=false');
  if (!status) return;
  show(status.accounts);
  if (status.pending) showLogin(status.pending);
  // One after the other: each may ask Telegram.
  for (const account of status.accounts) {
    const checked = await request('GET', `session/?account=${account.id}`);
    if (checked) show(checked.accounts);
  }
}

// What the list shows. A list that shows the same already is left alone, with its focus.
let shown;

function show(accounts) {
  const now = JSON.stringify(accounts.map(({ id, name, username, phone_tail, state, reason }) => [id, name, username, phone_tail, state, reason]));
  if (now === shown) return;
  shown = now;
  $('tg-none').hidden = accounts.length > 0;
  const focused = document.activeElement?.closest('#tg-accounts') && document.activeElement.id;
  $('tg-accounts').replaceChildren(...accounts.map(accountItem));
  if (focused) $(focused)?.focus();
}

function accountItem(account) {
  const name = account.name || say('tg-nameless');
  const state = element('p', say(`tg-state-${account.state}`));
  if (account.reason) state.append(` (${account.reason})`);
  state.dataset.state = account.state;
  const about = [account.username && `@${account.username}`, account.phone_tail && say('tg-phone-tail', { n: account.phone_tail })];
  const acts = element('div');
  const add = (key, what) => {
    const made = button(say(key), what);
    made.id = `${key}-${account.id}`;
    made.ariaLabel = `${say(key)}: ${name}`;
    acts.append(made);
  };
  if (account.state !== 'logged_out') {
    add('tg-open-chats', () => showChats(account));
    add('tg-open-devices', () => showDevices(account));
  }
  add('tg-log-out', () => ask(account, name, acts));
  return element('li', '', element('strong', name), element('p', about.filter(Boolean).join(' · ')), state, acts);
}

// Asks before it unlinks; the question takes the place of the buttons.
function ask(account, name, acts) {
  const before = [...acts.children];
  const back = () => {
    acts.replaceChildren(...before);
    before.at(-1).focus();
  };
  const no = button(say('tg-no'), back);
  const yes = button(say('tg-yes'), async () => {
    const done = await request('DELETE', `session/?account=${account.id}`);
    if (!done) return back();
    await load();
    $('tg-home').querySelector('h2').focus();
    if (done.telegram_told) note(say('tg-logged-out'));
    else alarm(say('tg-logged-out-alone'));
  });
  acts.replaceChildren(element('span', say('tg-sure', { name })), yes, no);
  no.focus();
}

onLinked(() => act(load));

part('telegram', {
  begin() {
    act(load);
  },
  show() {
    view('home');
  },
});
