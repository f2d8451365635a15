// @ts-check
// The list of conversations beside the chat: searched, opened, renamed, saved as a file, and deleted with a way back.

import { conversationFile, listConversations, renameConversation, shown } from "../common/api.js";
import { box, button, byId, el, problem, toast } from "../common/dom.js";
import { later } from "../common/later.js";
import { Pieces } from "../common/pieces.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";
import { say } from "../common/say.js";
import { VirtualList } from "../common/virtual.js";
import { Deleting } from "./deleting.js";

/** @import { ConversationOut } from "../common/schemas.js" */
/** @typedef {"" | "acts" | "rename"} Opened what is shown below the title of one */
/** @typedef {ConversationOut & { what: Opened, isHere: boolean }} TalkRow a conversation as its row shows it */

const SEARCH_AFTER_MS = 250;
const ROW_PX = 58;
// As in talks.css: between the two the chat has half a window that is narrow.
const BESIDE = matchMedia("(min-width: 1100px), (min-width: 720px) and (max-width: 1000px)");
const search = byId("talks-search", HTMLInputElement);
const list = box("talks-list");
const deleting = new Deleting(() => refreshTalks());
/** @type {(ConversationOut | undefined)[]} */
let all = [];
/** How many of them have no row. */
let left = 0;
/** @type {{ id: string, what: Opened }} */
let opened = { id: "", what: "" };
/** @type {(id: string) => void} */
let forgotten = () => undefined;

/** @type {VirtualList<TalkRow>} */
const rows = new VirtualList({
  into: list, row: (one) => (one ? row(one) : el("li", { class: "coming" })), keyOf: ({ id }) => id, rowHeight: ROW_PX,
  missing: (from, to) => pieces.need(from, to + left), // so many were left out before it at the most
});
const pieces = new Pieces(fetchTalks, took, (error) => { list.replaceChildren(el("li", {}, problem(shown(error)))); });

/** @type {(offset: number, limit: number, signal: AbortSignal) => Promise<{ items: ConversationOut[], total: number }>} */
async function fetchTalks(offset, limit, signal) {
  const { conversations, total } = await listConversations(search.value.trim(), limit, offset, signal);
  return { items: conversations, total };
}

/** @type {(items: (ConversationOut | undefined)[], total: number) => void} */
function took(items, total) {
  all = Array.from({ length: total }, (_, at) => items[at]);
  draw();
}

export const refreshTalks = () => pieces.reload();

function draw() {
  const here = place().conversation;
  // Those in which nothing was asked were only begun; those that are being deleted can still be brought back.
  const kept = all.filter((one) => !one || (one.turns > 0 && !deleting.has(one.id)));
  const items = kept.map((one) => one && { ...one, what: opened.id === one.id ? opened.what : /** @type {const} */ (""), isHere: one.id === here });
  left = all.length - items.length;
  rows.show(items);
  box("talks-empty").hidden = items.length > 0;
  box("talks-empty").textContent = search.value.trim() ? say().ask.no_match : say().ask.none;
}

/**
 * @param {string} id
 * @param {Opened} what
 * @param {string} [focus] what gets the focus: a key in the row of it
 */
function openRow(id, what, focus = `change ${id}`) {
  opened = { id, what };
  draw();
  const next = list.querySelector(`[data-key="${focus}"]`);
  if (next instanceof HTMLElement) next.focus();
  if (next instanceof HTMLInputElement) next.select();
}

/** @param {TalkRow} one */
function row(one) {
  const { id, title, updated_at: updated, what, isHere } = one;
  const link = el("a", {
    href: addressOf({ view: "ask", conversation: id, filters: NO_FILTERS, file: null, page: null }), text: title, dir: "auto",
    "aria-current": isHere ? "page" : null, data: { key: `open ${id}` },
  });
  const change = el("button", {
    type: "button", class: "quiet small", text: "⋯", "aria-label": say().ask.change(title), "aria-expanded": what ? "true" : "false",
    data: { key: `change ${id}` }, on: { click: () => openRow(id, what ? "" : "acts") },
  });
  const when = new Date(updated).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  const item = el(
    "li", {},
    what === "rename" ? renaming(one) : el("div", { class: "who" }, link, el("time", { datetime: updated, text: when })),
    change,
    what === "acts" && acts(one),
  );
  item.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !what) return;
    event.stopPropagation();
    openRow(id, "");
  });
  return item;
}

/** @param {TalkRow} one */
function acts({ id, title }) {
  const words = say().ask;
  /** @type {(text: string, format: "markdown" | "json") => Node} */
  const file = (text, format) => el("a", {
    class: "button small", href: conversationFile(id, format), download: true, text, "aria-label": words.save_as(title, text),
  });
  return el(
    "div", { class: "acts" },
    el("button", {
      type: "button", class: "quiet small", text: words.rename, data: { key: `rename ${id}` }, on: { click: () => openRow(id, "rename", `title ${id}`) },
    }),
    file("Markdown", "markdown"),
    file("JSON", "json"),
    el("button", { type: "button", class: "quiet small", text: words.delete, data: { key: `delete ${id}` }, on: { click: () => remove(id, title) } }),
  );
}

/** @param {TalkRow} one */
function renaming({ id, title }) {
  const input = el("input", {
    type: "text", value: title, maxlength: 200, required: true, autocomplete: "off", "aria-label": say().ask.name, data: { key: `title ${id}` },
  });
  return el(
    "form", { class: "edit", on: { submit: (event) => {
      event.preventDefault();
      const wanted = input.value.trim();
      if (wanted) rename(id, wanted);
    } } },
    input,
    el("button", { type: "submit", class: "main small", text: say().ask.save }),
  );
}

/**
 * @param {string} id
 * @param {string} title
 */
async function rename(id, title) {
  try {
    await renameConversation(id, title);
    opened = { id: "", what: "" };
    await refreshTalks();
    openRow("", "", `open ${id}`);
  } catch (error) {
    toast(shown(error).message, true);
  }
}

/**
 * @param {string} id
 * @param {string} title
 */
function remove(id, title) {
  const kept = all.filter((one) => one && !deleting.has(one.id));
  const at = kept.findIndex((one) => one?.id === id);
  const next = kept[at + 1] ?? kept[at - 1];
  deleting.add(id, say().ask.is_deleted(title), () => openRow("", "", `open ${id}`));
  openRow("", "", `open ${next?.id ?? ""}`);
  if (!next) search.focus();
  forgotten(id);
}

/** @param {boolean} open */
function setOpen(open) {
  box("talks").hidden = !open;
  document.body.classList.toggle("with-talks", open);
  button("talks-toggle").setAttribute("aria-expanded", String(open));
}

/**
 * @param {() => void} leave gives the focus to the question, where the list lay over the chat
 * @param {(id: string) => void} onForgotten run where one was deleted
 */
export function startTalks(leave, onForgotten) {
  forgotten = onForgotten;
  const toggle = button("talks-toggle");
  setOpen(BESIDE.matches);
  toggle.addEventListener("click", () => {
    const open = toggle.getAttribute("aria-expanded") === "false";
    setOpen(open);
    if (open) search.focus();
  });
  box("talks").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || BESIDE.matches) return;
    setOpen(false);
    toggle.focus();
  });
  list.addEventListener("click", ({ target }) => {
    if (BESIDE.matches || !(target instanceof HTMLAnchorElement) || target.download) return;
    setOpen(false);
    leave();
  });
  search.addEventListener("input", later(() => pieces.reload(true), SEARCH_AFTER_MS));
  onPlace(draw);
  refreshTalks();
}
