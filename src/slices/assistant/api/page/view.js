// What is shown of the questions and answers. What must stay true: what a model or a person wrote becomes text, never markup; an
// answer enters the log, which is read aloud, once and whole; what is read aloud is written only when it changes.

const SLOW_MS = 10_000;
const COUNTED_MS = 60_000;
// Nearer to its end than this, the conversation is read at its end.
const NEAR_PX = 80;

export const $ = (id) => document.getElementById(id);
const texts = Object.fromEntries(Array.from($('texts').content.children, (p) => [p.dataset.key, p.textContent]));

export const isText = (key) => key in texts;
export const say = (key, values = {}) => texts[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function write(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

// What went wrong, and whether it can be asked again.
export function complain(trouble) {
  $('trouble').hidden = !trouble;
  $('again').hidden = !trouble?.retry;
  write('alert', trouble?.text ?? '');
}

// Shows the newest turn, however it stands; older ones do not change any more.
export function show(turn, isOver) {
  const answer = formatted(turn.answer);
  const article = articleOf(turn);
  if (isOver) {
    article.querySelector('.answer').replaceChildren(...answer);
    article.querySelector('.note').textContent = turn.trouble?.text ?? '';
    write('busy', '');
  }
  $('welcome').hidden = true;
  $('draft').hidden = isOver || !answer.length;
  $('draft').replaceChildren(...(isOver ? [] : answer));
  $('send').hidden = !isOver;
  $('stop').hidden = isOver;
  complain(turn.trouble);
  showPhase(isOver ? undefined : turn);
}

export function scrollToEnd() {
  $('scroller').scrollTop = $('scroller').scrollHeight;
}

// Who reads the end goes on reading it, whether the text grows or the screen shrinks; who reads elsewhere is left there.
let isAtEnd = true;
$('scroller').addEventListener('scroll', () => {
  const { scrollHeight, scrollTop, clientHeight } = $('scroller');
  isAtEnd = scrollHeight - scrollTop - clientHeight < NEAR_PX;
});
const sizes = new ResizeObserver(() => isAtEnd && scrollToEnd());
sizes.observe($('scroller'));
sizes.observe($('conversation'));

// How the question that is under way goes.
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

// A block of code, also one that has no end yet.
const CODE = /^ {0,3}```[^`\n]*\n([^]*?)(?:^ {0,3}```[ \t]*$|(?![^]))/m;

// Code between fences, code and bold words within a line, headings and points are marked; all else stays as it was written.
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
