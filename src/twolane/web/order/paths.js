// @ts-check
// Paths and what changes in them, without a browser.

/** @typedef {{ source: string, target: string }} Way from where a file goes, and to where */
/** @typedef {{ text: string, changed: boolean }} Part of a name */
/**
 * @template {Way} T
 * @typedef {object} Group the files that go to one folder
 * @property {string} shared the folders that all of it lies within, with the sign at their end
 * @property {string} folder the rest of that folder's path, or ""
 * @property {T[]} moves
 */

/** @param {string} path of any system */
const signOf = (path) => (path.includes("/") || !path.includes("\\") ? "/" : "\\");

/**
 * Cut a path behind each folder, so that it can be broken there.
 *
 * @param {string} path
 */
export function pieces(path) {
  const sign = signOf(path);
  const parts = path.split(sign);
  return parts.map((part, at) => (at < parts.length - 1 ? part + sign : part)).filter(Boolean);
}

/** @param {string} path */
export const nameIn = (path) => pieces(path).at(-1) ?? "";

/** @param {string} path */
export const folderOf = (path) => pieces(path).slice(0, -1).join("");

/**
 * Return the folders that all these folders lie within.
 *
 * @param {string[]} folders each with the sign at its end
 */
export function sharedBy(folders) {
  const [first = [], ...others] = folders.map(pieces);
  let length = first.length;
  for (const other of others) {
    let same = 0;
    while (same < length && other[same] === first[same]) same += 1;
    length = same;
  }
  return first.slice(0, length).join("");
}

/**
 * Put the moves that follow each other to a folder together.
 *
 * @template {Way} T
 * @param {T[]} moves
 * @returns {Group<T>[]}
 */
export function grouped(moves) {
  /** @type {{ to: string, moves: T[] }[]} */
  const found = [];
  for (const move of moves) {
    const to = folderOf(move.target);
    const last = found.at(-1);
    if (last?.to === to) last.moves.push(move);
    else found.push({ to, moves: [move] });
  }
  return found.map(({ to, moves: within }) => {
    const shared = sharedBy([to, ...within.map(({ source }) => folderOf(source))]);
    return { shared, folder: to.slice(shared.length), moves: within };
  });
}

/**
 * Return the letters of a text as people count them, so that none is cut.
 *
 * @param {string} text
 */
const letters = (text) => Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);

/**
 * Return a new name in parts: what it has from the old one at both its ends, and what is new.
 *
 * @param {string} was
 * @param {string} becomes
 * @returns {Part[]}
 */
export function nameChange(was, becomes) {
  const [old, now] = [letters(was), letters(becomes)];
  const most = Math.min(old.length, now.length);
  let start = 0;
  while (start < most && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const rest = now.length - end;
  return [
    { text: now.slice(0, start).join(""), changed: false },
    { text: now.slice(start, rest).join(""), changed: true },
    { text: now.slice(rest).join(""), changed: false },
  ].filter(({ text }) => text);
}

/**
 * Cut a template where it is wrong.
 *
 * @param {string} template
 * @param {number} at as the server counts: whole characters
 */
export function cutAt(template, at) {
  const all = [...template];
  return { good: all.slice(0, at).join(""), wrong: all.slice(at).join("") };
}
