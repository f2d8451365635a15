// @ts-check
// Where somebody is on the page, as the address after the # says it; both ways, and without a browser.

import { NO_SEARCH, inAddress, wantedAt } from "./sought.js";

/** @import { FileState } from "./schemas.js" */
/** @import { Wanted } from "./sought.js" */
/** @typedef {"ask" | "files" | "review" | "categories" | "correspondents" | "order" | "search" | "lanes" | "settings"} View */
/** @typedef {"" | "date" | "added" | "path" | "name" | "correspondent" | "category" | "state"} Order "" is what waits for a person first */
/**
 * @typedef {object} Filters which files the list shows
 * @property {FileState | ""} state
 * @property {string} category
 * @property {string} folder a path: only what lies at or under it
 * @property {string} q looked for in names and titles
 * @property {string} since the first day of the documents' dates, or ""
 * @property {string} until the last day, or ""
 * @property {readonly number[]} correspondent any of these
 * @property {readonly string[]} tag any of these
 * @property {string} language
 * @property {readonly string[]} field conditions such as "total_due>=100", all of which hold
 * @property {boolean} copies only what has copies or versions
 * @property {Order} order
 * @property {boolean} reverse the list from its end
 * @property {number} from how many files come before the first that is shown
 */
/**
 * @typedef {object} Place
 * @property {View} view
 * @property {string} conversation the one that the chat shows, in every view as the filters are; "" for a new one
 * @property {Filters} filters the list of files has them in every view: on a wide screen it is always there
 * @property {number | null} file the file that the panel shows
 * @property {number | null} page the page of it, or null for all that is known of the file
 * @property {string} plan the plan that the order shows, or ""
 * @property {Wanted} search what the search looks for; the other views keep it, and only its own address says it
 * @property {string} part what of itself a view shows: a part of the settings, a kept search; "" for all of it
 */

/** @type {Filters} */
export const NO_FILTERS = {
  state: "", category: "", folder: "", q: "", since: "", until: "", correspondent: [], tag: [], language: "", field: [], copies: false, order: "", reverse: false, from: 0,
};

/** @type {readonly View[]} */
const VIEWS = ["ask", "files", "review", "categories", "correspondents", "order", "search", "lanes", "settings"];
const OLD = new Map([["status", "lanes"]]);
const IN_PARTS = new Set(["search", "lanes", "settings"]);
/** @type {readonly Order[]} */
const ORDERS = ["date", "added", "path", "name", "correspondent", "category", "state"];
const MOST = 20;
/** @type {readonly FileState[]} */
const STATES = ["waiting", "filed", "review", "unread", "skipped", "quarantined", "gone"];

/**
 * Return the place that an address means; what it does not say, or says wrongly, is as at the start.
 *
 * @param {string} hash such as "#/files/12?page=3&state=review"
 * @returns {Place}
 */
export function placeAt(hash) {
  const [path = "", query = ""] = split(hash.replace(/^#\/?/, ""), "?");
  const [first = "", second = ""] = split(path, "/");
  const given = new URLSearchParams(query);
  const view = VIEWS.find((each) => each === (OLD.get(first) ?? first)) ?? "ask";
  const asked = view === "search" ? new URLSearchParams() : given; // its filters are its own
  const file = positive(view === "files" ? second : given.get("file"));
  return {
    view,
    conversation: name(view === "ask" ? second : given.get("conversation")),
    filters: {
      state: STATES.find((each) => each === asked.get("state")) ?? "",
      category: asked.get("category") ?? "",
      folder: asked.get("folder") ?? "",
      q: asked.get("q") ?? "",
      since: day(asked.get("since")),
      until: day(asked.get("until")),
      correspondent: once(asked.getAll("correspondent")).flatMap((id) => positive(id) ?? []),
      tag: once(asked.getAll("tag")),
      language: asked.get("language") ?? "",
      field: once(asked.getAll("field")),
      copies: asked.get("copies") === "true",
      order: ORDERS.find((each) => each === asked.get("order")) ?? "",
      reverse: asked.get("reverse") === "true",
      from: positive(asked.get("from")) ?? 0,
    },
    file,
    page: file === null ? null : positive(given.get("page")),
    plan: view === "order" ? decoded(second) : "",
    search: view === "search" ? wantedAt(given) : NO_SEARCH,
    part: IN_PARTS.has(view) ? decoded(second) : "",
  };
}

/**
 * Return the address of a place; `placeAt` makes the same place of it again.
 *
 * @param {Omit<Place, "conversation" | "plan" | "part" | "search"> & Partial<Place>} place without a conversation where what is shown may stay
 * @returns {string}
 */
export function addressOf({ view, conversation = "", filters, file, page, plan = "", part = "", search = NO_SEARCH }) {
  const asked = new URLSearchParams();
  if (conversation && view !== "ask") asked.set("conversation", conversation);
  if (file !== null && view !== "files") asked.set("file", String(file));
  if (file !== null && page !== null) asked.set("page", String(page));
  for (const [name, value] of view === "search" ? inAddress(search) : Object.entries(filters)) {
    for (const each of [value].flat()) if (each) asked.append(name, String(each));
  }
  const below = { ask: conversation, files: file, order: encodeURIComponent(plan) }[String(view)]
    ?? (IN_PARTS.has(view) ? encodeURIComponent(part) : "");
  return `#/${view}${below ? `/${below}` : ""}${asked.size ? `?${asked}` : ""}`;
}

/**
 * @param {string} text
 * @param {string} at
 */
function split(text, at) {
  const found = text.indexOf(at);
  return found < 0 ? [text] : [text.slice(0, found), text.slice(found + 1)];
}

/** @param {string[]} texts */
const once = (texts) => [...new Set(texts.filter(Boolean))].slice(0, MOST);

/** @param {string | null} text a day such as "2025-03-31", which may not exist */
function day(text) {
  if (text === null || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return "";
  const found = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(found.valueOf()) && found.toISOString().startsWith(text) ? text : "";
}

/** @param {string} text as an address has it */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return "";
    throw error;
  }
}

/** @param {string | null} text */
const name = (text) => (text !== null && /^[\w-]{1,64}$/.test(text) ? text : "");

/** @param {string | null} text */
function positive(text) {
  return text !== null && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : null;
}
