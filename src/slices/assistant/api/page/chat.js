// The assistant's part of the page: its form and buttons.

import { ask, carry, lookNow, stop, turns, underWay } from './question.js';
import { $, SignedOut, keep, kept, part, say, setSignedIn, write } from './shell.js';
import { scrollToEnd, show, showPhase } from './view.js';

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

// --- what happens

part('chat', {
  begin() {
    keepDraft();
    goOn();
  },
  show() {
    $('message').focus();
  },
});

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
$('message').addEventListener('input', keepDraft);
$('message').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
document.addEventListener('keydown', (event) => event.key === 'Escape' && !$('part-chat').hidden && stop());
$('stop').addEventListener('click', () => {
  stop();
  $('message').focus();
});
$('again').addEventListener('click', () => put(turns.at(-1).text, turns.at(-1).of));
$('more').addEventListener('click', () => put(say('more'), turns.at(-1).id));

// After coming back, or losing the network, the status is read at once.
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && lookNow());
document.addEventListener('resume', lookNow);
for (const kind of ['pageshow', 'online', 'offline']) window.addEventListener(kind, lookNow);
setInterval(() => showPhase(underWay()), 1000);

$('message').value = kept('draft', '');
for (const turn of turns) show(turn, turn !== underWay());
