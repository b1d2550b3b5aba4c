// Shows a model's Markdown with the marks that Telegram has: code, bold, italics, struck text,
// headings, bullets, links, quotes, tables.
//
// Invariants:
// - Elements come only from this file; everything that a model wrote becomes text.
// - A link leads to http or https, and its page learns nothing of this one.
// - The cost grows with the length of the text, whatever stands there.

const FENCE = /^ {0,3}(```+|~~~+)[^`]*$/;
const HEADING = /^ {0,3}#{1,6} +(.*?)[ #]*$/;
const RULE = /^ {0,3}(?:(?:- *){3,}|(?:\* *){3,}|(?:_ *){3,})$/;
const QUOTE = /^(?: {0,3}>)+ ?/;
const POINT = /^( *)[-*+] /;
const UNDER_HEAD = /^ {0,3}\|?(?: *:?-+:? *\|)+(?: *:?-+:? *)?$/;

// In this order: an escaped character, code, a link, an address, bold, struck, italics. Lengths are
// limited, because each mark without an end is searched for one.
const INLINE = new RegExp([
  /\\([!-/:-@[-`{-~])/,
  /(?<!`)(`{1,9})(?!`)([^\n]{1,999}?)(?<!`)\2(?!`)/,
  /!?\[([^\]\n]{1,999})\]\(<?([^\s<>()]{1,999}(?:\([^\s<>()]{0,99}\)[^\s<>()]{0,99})?)>?(?: +"[^"\n]{0,99}")?\)/,
  /<?(\bhttps?:\/\/[^\s<>"'`*]{0,998}[^\s<>"'`*.,;:!?)\]])>?/,
  /\*\*(?=\S)([^\n]{0,999}?[^\s*]\*?)\*\*/,
  /\b__(?=\S)([^\n]{0,999}?\S)__\b/,
  /~~(?=\S)([^\n]{0,999}?\S)~~/,
  /\*(?=[^\s*])([^*\n]{0,998}[^\s*])\*(?!\*)/,
  /\b_(?=[^\s_])([^_\n]{0,998}[^\s_])_\b/,
].map((pattern) => pattern.source).join('|'), 'g');

function element(name, ...content) {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

// The blocks of a text, as elements.
export function formatted(text) {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const made = [];
  let words = [];
  const endParagraph = () => {
    if (words.length) made.push(element('p', ...inline(words.join('\n').trimEnd())));
    words = [];
  };
  const block = (name, ...content) => {
    endParagraph();
    made.push(element(name, ...content));
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const take = (belongs) => {
      const begin = at;
      while (at + 1 < lines.length && belongs(lines[at + 1])) at += 1;
      return lines.slice(begin, at + 1);
    };
    const fence = FENCE.exec(line)?.[1];
    if (fence) {
      // A block without an end goes on to the end of the text.
      const isEnd = (other) => other.trim().startsWith(fence) && FENCE.exec(other)?.[1] === other.trim();
      const code = take((other) => !isEnd(other)).slice(1);
      at += 1;
      block('pre', element('code', code.join('\n').replace(/\s+$/, '')));
    } else if (QUOTE.test(line)) {
      block('blockquote', ...formatted(take((other) => QUOTE.test(other)).map((one) => one.replace(QUOTE, '')).join('\n')));
    } else if (line.includes('|') && UNDER_HEAD.test(lines[at + 1] ?? '')) {
      block('div', table(take((other) => other.includes('|'))));
      made.at(-1).className = 'table';
    } else if (RULE.test(line)) {
      block('hr');
    } else if (HEADING.test(line)) {
      block('p', element('strong', ...inline(HEADING.exec(line)[1])));
    } else if (line.trim()) {
      words.push(line.replace(POINT, '$1• '));
    } else {
      endParagraph();
    }
  }
  endParagraph();
  return made;
}

function table([head, , ...rows]) {
  const cells = (line) => line.replace(/^ *\||\| *$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
  const names = cells(head);
  const row = (kind, line) => element('tr', ...names.map((_, i) => element(kind, ...inline(line[i] ?? ''))));
  return element('table', element('thead', row('th', names)), element('tbody', ...rows.map((line) => row('td', cells(line)))));
}

// What stands within a line. A link has no links inside.
function inline(text, mayLink = true) {
  const made = [];
  let end = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, escaped, , code, label, target, address, bold, bolder, struck, italic, slanted] = match;
    made.push(text.slice(end, match.index));
    end = match.index + whole.length;
    const inside = (words) => inline(words, mayLink);
    if (escaped) made.push(escaped);
    else if (code) made.push(element('code', code.trim() || code));
    else if (label) made.push(...link(inline(label, false), mayLink && target));
    else if (address) made.push(...link([whole.startsWith('<') ? address : whole], mayLink && address));
    else if (bold ?? bolder) made.push(element('strong', ...inside(bold ?? bolder)));
    else if (struck) made.push(element('s', ...inside(struck)));
    else if (italic ?? slanted) made.push(element('em', ...inside(italic ?? slanted)));
    else made.push(whole);
  }
  made.push(text.slice(end));
  return made.filter((part) => part !== '');
}

// The label alone, if the address is none that a browser may open.
function link(label, address) {
  const url = address && URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') return label;
  const made = element('a', ...label);
  Object.assign(made, { href: url.href, title: url.href, target: '_blank', rel: 'noopener noreferrer' });
  return [made];
}
