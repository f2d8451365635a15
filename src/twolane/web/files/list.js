// @ts-check
// What the list of files asks for and says, without a browser.

import { percent } from "../common/format.js";

/** @import { Filters } from "../common/places.js" */
/** @import { FileOut, FileState, FilesOut } from "../common/schemas.js" */

export const PAGE_SIZE = 50;

/** @type {[FileState | "", string][]} */
const STATES = [
  ["", "All"],
  ["review", "To review"],
  ["filed", "Filed"],
  ["waiting", "Waiting"],
  ["unread", "Not read"],
  ["quarantined", "Failed"],
  ["skipped", "Skipped"],
  ["gone", "Gone"],
];

/** @param {FileState} state */
export const wordOf = (state) => STATES.find(([each]) => each === state)?.[1] ?? state;

/**
 * Return what to ask the API for.
 *
 * @param {Filters} filters
 */
export function queryOf({ state, category, q, from }) {
  const query = new URLSearchParams({ order: "review", limit: String(PAGE_SIZE), offset: String(from) });
  for (const [name, value] of Object.entries({ state, category, text: q })) if (value) query.set(name, value);
  return query;
}

/** @param {Filters} filters */
export const filtered = ({ state, category, q }) => Boolean(state || category || q);

/** @param {Filters} filters */
export const onlyReview = ({ state, category, q }) => state === "review" && !category && !q;

/**
 * Return the states that can be chosen, with how many files are in each; gone files are in none but their own.
 *
 * @param {Partial<Record<string, number>>} counts files by state
 * @param {FileState | ""} chosen
 */
export function choices(counts, chosen) {
  const total = Object.entries(counts).reduce((sum, [state, n]) => (state === "gone" ? sum : sum + (n ?? 0)), 0);
  const all = STATES.map(([state, text]) => ({ state, text, number: state ? counts[state] ?? 0 : total }));
  const shown = all.filter(({ state, number }) => !state || number || state === chosen);
  return total || counts["gone"] ? shown : [];
}

/** @param {FilesOut} list */
export function rangeOf({ files, total, offset }) {
  return {
    text: `${offset + 1} to ${offset + files.length} of ${total}`,
    first: offset === 0,
    last: offset + files.length >= total,
    one: total <= PAGE_SIZE,
  };
}

/** @param {FileOut} file */
export const noteOf = ({ note, seen }) => note || (seen < 1 ? `the first ${percent(seen)} was read` : "");
