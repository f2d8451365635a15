// @ts-check
// What the list of files asks for and says, without a browser.

import { inWords, languageName, percent } from "../common/format.js";

/** @import { Filters, Order } from "../common/places.js" */
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

/** @type {[Order, string][]} */
export const ORDERS = [
  ["", "To review first"],
  ["date", "Newest first"],
  ["added", "Added last first"],
  ["path", "By path"],
];

/**
 * Return what to ask the API for.
 *
 * @param {Filters} filters
 */
export function queryOf({ order, from, ...filters }) {
  const { state, category, q, since, until, correspondent, tag, language, field } = filters;
  const query = new URLSearchParams({ order: order || "review", limit: String(PAGE_SIZE), offset: String(from) });
  const wanted = { state, category, text: q, dated_from: since, dated_to: until, correspondent, tag, language, field };
  for (const [name, value] of Object.entries(wanted)) {
    for (const each of [value].flat()) if (each) query.append(name, String(each));
  }
  return query;
}

/** @param {Filters} filters */
const narrowing = ({ order, from, ...filters }) => (
  Object.entries(filters).filter(([, value]) => (Array.isArray(value) ? value.length : value)).map(([name]) => name)
);

/** @param {Filters} filters */
export const filtered = (filters) => narrowing(filters).length > 0;

/** @param {Filters} filters */
export const onlyReview = (filters) => filters.state === "review" && narrowing(filters).length === 1;

/**
 * @typedef {object} Chosen a part of the filters that can be taken out
 * @property {string} text
 * @property {Partial<Filters>} without what the filters are like once it is taken out
 */

/**
 * Return those parts of the filters that no other control shows.
 *
 * @param {Filters} filters
 * @param {(correspondent: number) => string} nameOf
 * @returns {Chosen[]}
 */
export function chosen({ since, until, correspondent, tag, language, field }, nameOf) {
  /** @type {<T>(all: readonly T[], one: T) => T[]} */
  const other = (all, one) => all.filter((each) => each !== one);
  return [
    ...(since || until ? [{ text: days(since, until), without: { since: "", until: "" } }] : []),
    ...correspondent.map((id) => ({ text: `From ${nameOf(id)}`, without: { correspondent: other(correspondent, id) } })),
    ...tag.map((each) => ({ text: `Tag ${each}`, without: { tag: other(tag, each) } })),
    ...(language ? [{ text: languageName(language), without: { language: "" } }] : []),
    ...field.map((each) => ({ text: conditionInWords(each), without: { field: other(field, each) } })),
  ];
}

/** @type {(since: string, until: string) => string} */
function days(since, until) {
  if (since === until) return since;
  if (!until) return `since ${since}`;
  return since ? `${since} to ${until}` : `until ${until}`;
}

/** @param {string} condition such as "total_due>=100" */
const conditionInWords = (condition) => (
  inWords(condition).replace(/\s*(>=|<=|=|>|<)\s*/, (_, sign) => ` ${{ ">=": "≥", "<=": "≤" }[String(sign)] ?? sign} `)
);

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
export const noteOf = ({ note, seen }) => note || (seen < 1 ? `${percent(seen)} of it was read` : "");
