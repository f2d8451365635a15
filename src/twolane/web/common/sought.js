// @ts-check
// What is searched for, and within what: as an address says it, and as the API is asked; without a browser.

/** @import { FileState } from "./schemas.js" */
/**
 * @typedef {object} Wanted
 * @property {string} q the words, as they were typed
 * @property {string} category
 * @property {string} correspondent its number, or ""
 * @property {string} tag
 * @property {string} since the first day of the documents' dates, or ""
 * @property {string} until the last day, or ""
 * @property {string} kind a media type or a family of them, such as "image/*"
 * @property {string} language
 * @property {string} folder
 * @property {FileState | ""} state
 * @property {"" | "newest" | "oldest" | "name"} sort "" is what fits best
 */

/** @type {Wanted} */
export const NO_SEARCH = {
  q: "", category: "", correspondent: "", tag: "", since: "", until: "", kind: "", language: "", folder: "", state: "", sort: "",
};
export const STEP = 20;

/** @type {readonly Wanted["sort"][]} */
export const SORTS = ["", "newest", "oldest", "name"];
/** @type {readonly FileState[]} */
export const STATES = ["filed", "review", "waiting", "unread", "quarantined", "gone"];
/** Those that people speak of; the first that a media type begins with is its own. */
export const KINDS = /** @type {const} */ ([
  ["pdf", "application/pdf"],
  ["picture", "image/*"],
  ["mail", "message/*"],
  ["word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"],
  ["sheet", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"],
  ["slides", "application/vnd.openxmlformats-officedocument.presentationml.presentation"],
  ["text", "text/*"],
]);

/** What narrows a search, in the order in which it is shown. */
export const NARROWING = /** @type {const} */ (["category", "correspondent", "tag", "since", "until", "kind", "language", "folder", "state"]);

/** @type {Record<keyof Wanted, RegExp>} */
const FORMS = {
  q: /^[^]{0,2000}$/, category: /^[^]{0,200}$/, correspondent: /^\d{0,15}$/, tag: /^[^]{0,100}$/,
  since: /^(\d{4}-\d{2}-\d{2})?$/, until: /^(\d{4}-\d{2}-\d{2})?$/, kind: /^[\w.+*/-]{0,100}$/, language: /^[a-z]{0,3}$/,
  folder: /^[^]{0,4096}$/, state: /^[a-z]*$/, sort: /^(newest|oldest|name)?$/,
};

/**
 * Return what an address asks for; what it says wrongly is left out.
 *
 * @param {URLSearchParams} asked
 * @returns {Wanted}
 */
export function wantedAt(asked) {
  const given = Object.keys(NO_SEARCH).flatMap((name) => {
    const value = asked.get(name) ?? "";
    return FORMS[/** @type {keyof Wanted} */ (name)].test(value) ? [[name, value]] : [];
  });
  const wanted = { ...NO_SEARCH, ...Object.fromEntries(given) };
  return { ...wanted, state: STATES.find((each) => each === wanted.state) ?? "" };
}

/**
 * Return the parameters of the address of a search.
 *
 * @param {Wanted} wanted
 */
export const inAddress = (wanted) => new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));

/**
 * Return what to ask the API for.
 *
 * @param {Wanted} wanted
 * @param {number} [offset]
 * @param {number} [limit]
 */
export function queryOf(wanted, offset = 0, limit = STEP) {
  const { q, since, until, sort, ...others } = wanted;
  const all = { query: q, order: sort || "relevance", dated_from: since, dated_to: until, ...others, offset: String(offset || ""), limit: String(limit) };
  return new URLSearchParams(Object.entries(all).filter(([, value]) => value));
}

/** @param {Wanted} wanted */
export const narrowedBy = (wanted) => NARROWING.filter((name) => wanted[name]);

/**
 * Return a search without anything that narrows it.
 *
 * @param {Wanted} wanted
 * @returns {Wanted}
 */
export const everywhere = ({ q, sort }) => ({ ...NO_SEARCH, q, sort });
