// Shows questions and answers.
//
// Invariants:
// - What a model or a person wrote becomes text, never markup.
// - An answer enters the log, which screen readers announce, once and whole.
// - Announced text is written only when it changes.

const SLOW_MS = 10_000;
const COUNTED_MS = 60_000;
// Closer to its end than this, the conversation keeps scrolling with the text.
const NEAR_PX = 80;

export const $ = (id) => document.getElementById(id);
const texts = Object.fromEntries(Array.from($('texts').content.children, (p) => [p.dataset.key, p.textContent]));

export const isText = (key) => key in texts;
export const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function write(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

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

// A code block, even without its closing fence.
const CODE = /^ {0,3}```[^`\n]*\n([^]*?)(?:^ {0,3}```[ \t]*$|(?![^]))/m;

// Marks code blocks, and within a line code, bold, headings and bullets; everything else stays as
// written.
function formatted(text) {
  return text.split(CODE).flatMap((piece, i) => {
    const words = piece.replace(/^\n+|\s+$/g, '');
    if (!words) return [];
    if (i % 2 === 1) return [element('pre', element('code', words))];
    const points = words.replace(/^( *)[-*] /gm, '$1• ');
    return [element('p', ...points.split(/(^#{1,6} .+$|\*\*[^*\n]+\*\*|`[^`\n]+`)/m).map(marked))];
  });
}

function marked(words, i) {
  if (i % 2 === 0) return words;
  return words.startsWith('`') ? element('code', words.slice(1, -1)) : element('strong', words.replace(/^#+ |\*\*/g, ''));
}

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}
