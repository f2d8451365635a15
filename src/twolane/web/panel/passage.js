// @ts-check
// Where a passage stands in the text of its page.

/**
 * Split a text at a passage, where runs of blanks may differ; null where the passage is not in it.
 *
 * @param {string} text
 * @param {string} passage
 * @returns {[string, string, string] | null} what is before it, the passage as the text has it, and what follows
 */
export function locate(text, passage) {
  const words = passage.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = words[0] ? new RegExp(words.join("\\s+")).exec(text) : null;
  if (!found) return null;
  const end = found.index + found[0].length;
  return [text.slice(0, found.index), found[0], text.slice(end)];
}

/**
 * Cut a text into what is marked and what is not: the spans where they are of these words, else all of the words.
 *
 * @param {string} text
 * @param {string} words what the spans are of: the passage, or the value itself
 * @param {readonly (readonly number[])[]} [spans] first characters and those behind the last; they count whole
 *   characters, where a string here counts some as two
 * @returns {{ text: string, marked: boolean }[]}
 */
export function parts(text, words, spans = []) {
  const signs = /[\ud800-\udfff]/.test(text) ? [...text] : null;
  /** @type {(from: number, to?: number) => string} */
  const part = (from, to) => (signs ? signs.slice(from, to).join("") : text.slice(from, to));
  const ordered = [...spans].sort(([one = 0], [other = 0]) => one - other);
  const all = plain(words);
  /** @type {{ text: string, marked: boolean }[]} */
  const found = [];
  let at = 0;
  for (const [start = 0, end = 0] of ordered) {
    const marked = part(start, end);
    if (start < at || !marked || !all.includes(plain(marked))) return whole(text, words);
    found.push({ text: part(at, start), marked: false }, { text: marked, marked: true });
    at = end;
  }
  if (!found.length) return whole(text, words);
  return [...found, { text: part(at), marked: false }].filter((one) => one.text);
}

/**
 * Return which characters of a text are marked: first ones, and those behind the last; whole characters are counted.
 *
 * @param {string} text
 * @param {string} words
 * @param {readonly (readonly number[])[]} [spans]
 * @returns {[number, number][]}
 */
export function spansOf(text, words, spans = []) {
  let at = 0;
  return parts(text, words, spans).flatMap(({ text: part, marked }) => {
    const start = at;
    at += [...part].length;
    return marked ? /** @type {[number, number][]} */ ([[start, at]]) : [];
  });
}

/** @type {(text: string, words: string) => { text: string, marked: boolean }[]} */
function whole(text, words) {
  const [before, found, behind] = locate(text, words) ?? [text, "", ""];
  return [
    { text: before, marked: false }, { text: found, marked: true }, { text: behind, marked: false },
  ].filter((one) => one.text);
}

/** @param {string} text */
const plain = (text) => text.replace(/\s+/g, " ");
