// Reading with an account: its chats, their messages, its devices. Everything from Telegram becomes
// text.

import { $, say } from './shell.js';
import { button, element, note, request, timeOf } from './trouble.js';

const VIEWS = ['home', 'chats', 'messages', 'devices'];

// Shows one view and hides the others; its heading is read first.
export function view(name) {
  for (const other of VIEWS) $(`tg-${other}`).hidden = other !== name;
  $(`tg-${name}`).querySelector('h2').focus();
}

// Fills a list page by page. `load` gives the items and the next place, or nothing.
async function fill(name, empty, load, place = undefined) {
  const list = $(`tg-${name}-list`);
  if (!place) list.replaceChildren();
  $(`tg-${name}-more`).replaceChildren();
  note(say('tg-loading'));
  const page = await load(place);
  if (!page) return;
  note(page.items.length || place ? '' : empty);
  list.append(...page.items);
  const more = name === 'messages' ? say('tg-older') : say('tg-more');
  if (page.next) $(`tg-${name}-more`).append(button(more, () => fill(name, empty, load, page.next)));
}

export async function showChats(account) {
  $('tg-chats-title').textContent = account.name || say('tg-nameless');
  view('chats');
  await fill('chats', say('tg-no-chats'), async (cursor) => {
    const query = new URLSearchParams({ account: account.id, ...(cursor && { cursor }) });
    const page = await request('GET', `chats/?${query}`);
    return page && { items: page.chats.map((chat) => chatItem(account, chat)), next: page.cursor };
  });
}

function chatItem(account, chat) {
  const about = [
    chat.unread ? say('tg-unread', { n: chat.unread }) : '',
    chat.last_time ? timeOf(chat.last_time) : '',
  ];
  const open = button('', () => showMessages(account, chat));
  open.append(
    element('strong', chat.title || say('tg-nameless')),
    element('span', about.filter(Boolean).join(' · ')),
    element('span', chat.last_text),
  );
  return element('li', '', open);
}

async function showMessages(account, chat) {
  $('tg-messages-title').textContent = chat.title || say('tg-nameless');
  view('messages');
  await fill('messages', say('tg-no-messages'), async (before) => {
    const query = new URLSearchParams({ account: account.id, chat_id: chat.id, ...(before && { before }) });
    const page = await request('GET', `messages/?${query}`);
    return page && { items: page.messages.map(messageItem), next: page.before };
  });
}

function messageItem(message) {
  const about = [
    message.sender.name,
    timeOf(message.time),
    message.media === 'none' ? '' : say(`tg-media-${message.media}`),
    message.reply_to ? say('tg-reply', { n: message.reply_to }) : '',
  ];
  return element('li', '', element('p', about.filter(Boolean).join(' · ')), element('p', message.text));
}

export async function showDevices(account) {
  view('devices');
  await fill('devices', '', async () => {
    const page = await request('GET', `devices/?account=${account.id}`);
    return page && { items: page.devices.map((device) => deviceItem(account, device)) };
  });
}

function deviceItem(account, device) {
  const about = [device.app, device.system, device.country, device.ip, say('tg-active', { time: timeOf(device.active_at) })];
  const item = element('li', '', element('strong', device.model || say('tg-nameless')), element('p', about.filter(Boolean).join(' · ')));
  if (device.current) {
    item.append(element('p', say('tg-this-device')));
    return item;
  }
  const end = button(say('tg-end-device'), async () => {
    if (!(await request('DELETE', `devices/${device.hash}/?account=${account.id}`))) return;
    item.remove();
    $('tg-devices').querySelector('h2').focus();
    note(say('tg-device-ended'));
  });
  end.ariaLabel = `${say('tg-end-device')}: ${device.model}`;
  item.append(end);
  return item;
}

$('tg-chats-back').addEventListener('click', () => view('home'));
$('tg-devices-back').addEventListener('click', () => view('home'));
$('tg-messages-back').addEventListener('click', () => view('chats'));
