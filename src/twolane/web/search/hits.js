// @ts-check
// What is shown of a place that was found: the words around what is marked in it, without a browser.

/** @import { FoundPlaceOut, MarkOut } from "../common/schemas.js" */
/** @typedef {{ text: string, marked: boolean }} Part */

const BEFORE = 60;
const MOST = 260;

/**
 * Cut a text into what is marked and what is not; marks count whole characters, where a string counts some as two.
 *
 * @param {string} text
 * @param {readonly MarkOut[]} marks in order
 * @param {number} [start] which character of the counted ones the text begins with
 * @returns {Part[]}
 */
export function partsOf(text, marks, start = 0) {
  const signs = [...text];
  /** @type {Part[]} */
  const found = [];
  let at = 0;
  for (const mark of marks) {
    const [from, to] = [Math.max(at, mark.start - start), Math.min(signs.length, mark.end - start)];
    if (to <= from) continue;
    found.push({ text: signs.slice(at, from).join(""), marked: false }, { text: signs.slice(from, to).join(""), marked: true });
    at = to;
  }
  found.push({ text: signs.slice(at).join(""), marked: false });
  return found.filter((part) => part.text);
}

/**
 * Return a few lines of a place, from a little before the first mark, in which blanks are single.
 *
 * @param {FoundPlaceOut} place
 * @returns {Part[]}
 */
export function snippet({ text, start, marks }) {
  const signs = [...text];
  const first = Math.max(0, (marks[0]?.start ?? start) - start);
  const from = first > BEFORE ? wordAt(signs, first - BEFORE) : 0;
  const to = Math.min(signs.length, from + MOST);
  const parts = partsOf(signs.slice(from, to).join(""), marks, start + from);
  if (from) parts.unshift({ text: "… ", marked: false });
  if (to < signs.length) parts.push({ text: " …", marked: false });
  return parts.map((part) => ({ ...part, text: part.text.replace(/\s+/g, " ") }));
}

/**
 * Return where the next word begins; where a text has no blanks, that very character.
 *
 * @param {readonly string[]} signs
 * @param {number} at
 */
function wordAt(signs, at) {
  const next = signs.findIndex((sign, index) => index >= at && /\s/.test(sign));
  return next < 0 || next > at + 25 ? at : next + 1;
}
