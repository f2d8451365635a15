// @ts-check
// What the list of files asks for and says, without a browser.

import { languageName, named, percent } from "../common/format.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";

/** @import { Filters, Order } from "../common/places.js" */
/** @import { FileOut, FileState } from "../common/schemas.js" */

export const PAGE_SIZE = 100;

/** @type {readonly (FileState | "")[]} */
const STATES = ["", "review", "filed", "waiting", "unread", "quarantined", "skipped", "gone"];

/** @param {FileState | ""} state */
export const wordOf = (state) => say().files.states[state || "all"];

/** @returns {[Order, string][]} */
export const orders = () => {
  const words = say().files.orders;
  return [
    ["", words.review], ["date", words.date], ["added", words.added], ["path", words.path], ["name", words.name],
    ["correspondent", words.correspondent], ["category", words.category], ["state", words.state],
  ];
};

/** @type {readonly Order[]} what begins with the newest */
const DESCENDING = ["date", "added"];

/**
 * Return how a column stands that sorts by an order.
 *
 * @param {Filters} filters
 * @param {Order} column
 */
export function sortOf({ order, reverse }, column) {
  if (order !== column) return "none";
  return DESCENDING.includes(column) === reverse ? "ascending" : "descending";
}

/**
 * Return what a column asks for where it is pressed: its order, then that from its end, then the usual one.
 *
 * @param {Filters} filters
 * @param {Order} column
 * @returns {Pick<Filters, "order" | "reverse">}
 */
export const sortedNext = ({ order, reverse }, column) => (
  order === column && reverse ? { order: "", reverse: false } : { order: column, reverse: order === column }
);

/**
 * Return what to ask the API for.
 *
 * @param {Filters} filters
 * @param {number} [from] how many files come before the first that is wanted
 */
export function queryOf({ order, reverse, from: _, ...filters }, from = 0) {
  const { state, category, folder, q, since, until, correspondent, tag, language, field, copies } = filters;
  const query = new URLSearchParams({ order: order || "review", limit: String(PAGE_SIZE), offset: String(from) });
  const wanted = { state, category, folder, text: q, dated_from: since, dated_to: until, correspondent, tag, language, field, copies, reverse: reverse && order !== "" };
  for (const [name, value] of Object.entries(wanted)) {
    for (const each of [value].flat()) if (each) query.append(name, String(each));
  }
  return query;
}

/** @param {Filters} filters */
const narrowing = ({ order, reverse, from, ...filters }) => (
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
export function chosen({ since, until, correspondent, tag, language, field, copies }, nameOf) {
  /** @type {<T>(all: readonly T[], one: T) => T[]} */
  const other = (all, one) => all.filter((each) => each !== one);
  return [
    ...(since || until ? [{ text: days(since, until), without: { since: "", until: "" } }] : []),
    ...correspondent.map((id) => ({ text: say().files.from_one(nameOf(id)), without: { correspondent: other(correspondent, id) } })),
    ...tag.map((each) => ({ text: say().files.tag_one(each), without: { tag: other(tag, each) } })),
    ...(language ? [{ text: languageName(language), without: { language: "" } }] : []),
    ...(copies ? [{ text: say().files.with_copies, without: { copies: false } }] : []),
    ...field.map((each) => ({ text: conditionInWords(each), without: { field: other(field, each) } })),
  ];
}

/** @type {(since: string, until: string) => string} */
function days(since, until) {
  if (since === until) return since;
  if (!until) return say().files.since(since);
  return since ? say().files.between(since, until) : say().files.until(until);
}

/** @param {string} condition such as "total_due>=100" */
const conditionInWords = (condition) => (
  condition.replace(/^(\w+)\s*(>=|<=|=|>|<)\s*/, (_, field, sign) => (
    `${named(say().shipped.fields, field)} ${{ ">=": "≥", "<=": "≤" }[String(sign)] ?? sign} `
  ))
);

/**
 * Return the states that can be chosen, with how many files are in each; gone files are in none but their own.
 *
 * @param {Partial<Record<string, number>>} counts files by state
 * @param {FileState | ""} chosen
 */
export function choices(counts, chosen) {
  const total = Object.entries(counts).reduce((sum, [state, n]) => (state === "gone" ? sum : sum + (n ?? 0)), 0);
  const all = STATES.map((state) => ({ state, text: wordOf(state), number: state ? counts[state] ?? 0 : total }));
  const shown = all.filter(({ state, number }) => !state || number || state === chosen);
  return total || counts["gone"] ? shown : [];
}

/**
 * Return the folders that lead to a path, from the root on, each with its name.
 *
 * @param {string} path of a folder
 * @returns {{ name: string, path: string }[]}
 */
export function trail(path) {
  const sign = path.includes("/") ? "/" : "\\";
  const parts = path.split(sign).filter(Boolean);
  const root = path.startsWith(sign) ? sign : "";
  return parts.map((name, at) => ({ name, path: root + parts.slice(0, at + 1).join(sign) }));
}

/** @param {string} path of a file */
export const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"), 1));

/** @param {FileOut} file */
export const noteOf = (file) => told(file, "note") || (file.seen < 1 ? say().files.was_read(percent(file.seen)) : "");
