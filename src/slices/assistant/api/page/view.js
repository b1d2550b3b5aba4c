// Shows questions and answers.
//
// Invariants:
// - What a person wrote becomes text; of what a model wrote, only `markdown.js` makes elements.
// - An answer enters the log, which screen readers announce, once and whole.
// - Announced text is written only when it changes.

import { formatted } from './markdown.js';
import { $, say, write } from './shell.js';

const SLOW_MS = 10_000;
const COUNTED_MS = 60_000;
// Closer to its end than this, the conversation keeps scrolling with the text.
const NEAR_PX = 80;

// What went wrong, and whether asking again makes sense.
export function complain(trouble) {
  $('trouble').hidden = !trouble;
  $('again').hidden = !trouble?.retry;
  write('alert', trouble?.text ?? '');
}

const noteOf = (turn) => turn.trouble?.text ?? (turn.isTruncated ? say('truncated') : '');

// Shows the newest turn. Older ones no longer change.
export function show(turn, isOver) {
  const answer = formatted(turn.answer);
  const article = articleOf(turn);
  if (isOver) {
    article.querySelector('.answer').replaceChildren(...answer);
    article.querySelector('.note').textContent = noteOf(turn);
    write('busy', '');
  }
  $('welcome').hidden = true;
  $('draft').hidden = isOver || !answer.length;
  $('draft').replaceChildren(...(isOver ? [] : answer));
  $('send').hidden = !isOver;
  $('stop').hidden = isOver;
  $('rest').hidden = !(isOver && turn.isTruncated);
  complain(turn.trouble);
  showPhase(isOver ? undefined : turn);
}

export function scrollToEnd() {
  $('scroller').scrollTop = $('scroller').scrollHeight;
}

// A reader at the end stays at the end when the text grows or the screen shrinks; a reader
// elsewhere is not moved.
let isAtEnd = true;
$('scroller').addEventListener('scroll', () => {
  const { scrollHeight, scrollTop, clientHeight } = $('scroller');
  isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
});
const sizes = new ResizeObserver(() => isAtEnd && scrollToEnd());
sizes.observe($('scroller'));
sizes.observe($('conversation'));

// The progress of the question that is under way.
export function showPhase(turn) {
  const past_ms = turn ? Date.now() - turn.asked : 0;
  write('phase', turn ? phase(turn, past_ms) : '');
  write('elapsed', past_ms < COUNTED_MS ? '' : say('elapsed', { seconds: Math.floor(past_ms / 1000) }));
}

function phase(turn, past_ms) {
  if (turn.isStopped) return say('stopping');
  if (turn.isOffline) return say(`offline-${turn.state}`);
  if (turn.answer) return say('writing');
  if (turn.attempt > 1) return say('attempt', turn);
  return say(past_ms < SLOW_MS ? 'thinking' : 'slow');
}

const articles = new Map();

function articleOf(turn) {
  if (!articles.has(turn.key)) {
    const article = $('turn').content.firstElementChild.cloneNode(true);
    article.querySelector('.question').textContent = turn.text;
    articles.set(turn.key, article);
    $('log').append(article);
  }
  return articles.get(turn.key);
}
