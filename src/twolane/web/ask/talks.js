// @ts-check
// The list of conversations beside the chat: searched, opened, renamed, saved as a file, and deleted.

import { conversationFile, deleteConversation, listConversations, renameConversation, shown } from "../common/api.js";
import { box, button, byId, el, problem, replace, toast } from "../common/dom.js";
import { later } from "../common/later.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";

/** @import { ConversationOut } from "../common/schemas.js" */
/** @typedef {"" | "acts" | "rename" | "delete"} Opened what is shown below the title of one */

const STEP = 50;
const SEARCH_AFTER_MS = 250;
// As in talks.css: between the two the chat has half a window that is narrow.
const BESIDE = matchMedia("(min-width: 1100px), (min-width: 720px) and (max-width: 1000px)");
const search = byId("talks-search", HTMLInputElement);
const list = box("talks-list");
/** @type {ConversationOut[]} */
let all = [];
/** @type {{ id: string, what: Opened }} */
let opened = { id: "", what: "" };
let limit = STEP;
/** Counts the looks, so that a slow answer is dropped once another was asked for. */
let looks = 0;
/** @type {(id: string) => void} */
let forgotten = () => undefined;

export async function refreshTalks() {
  const mine = ++looks;
  try {
    const { conversations, total } = await listConversations(search.value.trim(), limit);
    if (mine !== looks) return;
    button("talks-more").hidden = total <= conversations.length;
    all = conversations.filter(({ turns }) => turns); // others were begun, and nothing was asked
    box("talks-empty").hidden = Boolean(all.length);
    box("talks-empty").textContent = search.value.trim() ? "No conversation has these words." : "What you ask is kept here.";
    draw();
  } catch (error) {
    if (mine === looks) list.replaceChildren(el("li", {}, problem(shown(error))));
  }
}

function draw() {
  if (opened.what === "rename" && document.activeElement instanceof HTMLInputElement && list.contains(document.activeElement)) return; // it is being written
  replace(list, all.map(row));
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

/** @param {ConversationOut} one */
function row(one) {
  const { id, title, updated_at: updated } = one;
  const what = opened.id === id ? opened.what : "";
  const link = el("a", {
    href: addressOf({ view: "ask", conversation: id, filters: NO_FILTERS, file: null, page: null }), text: title, dir: "auto",
    "aria-current": id === place().conversation ? "page" : null, data: { key: `open ${id}` },
  });
  const change = el("button", {
    type: "button", class: "quiet small", text: "⋯", "aria-label": `Change ${title}`, "aria-expanded": what ? "true" : "false",
    data: { key: `change ${id}` }, on: { click: () => openRow(id, what ? "" : "acts") },
  });
  const item = el(
    "li", {},
    what === "rename" ? renaming(one) : el("div", { class: "who" }, link, el("time", { datetime: updated, text: new Date(updated).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }) })),
    change,
    what === "acts" && acts(one),
    what === "delete" && deleting(one),
  );
  item.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !what) return;
    event.stopPropagation();
    openRow(id, "");
  });
  return item;
}

/** @param {ConversationOut} one */
function acts({ id, title }) {
  /** @type {(text: string, format: "markdown" | "json") => Node} */
  const file = (text, format) => el("a", {
    class: "button small", href: conversationFile(id, format), download: true, text, "aria-label": `Save ${title} as ${text}`,
  });
  return el(
    "div", { class: "acts" },
    el("button", {
      type: "button", class: "quiet small", text: "Rename", data: { key: `rename ${id}` }, on: { click: () => openRow(id, "rename", `title ${id}`) },
    }),
    file("Markdown", "markdown"),
    file("JSON", "json"),
    el("button", {
      type: "button", class: "quiet small", text: "Delete…", data: { key: `delete ${id}` }, on: { click: () => openRow(id, "delete", `keep ${id}`) },
    }),
  );
}

/** @param {ConversationOut} one */
function renaming({ id, title }) {
  const input = el("input", {
    type: "text", value: title, maxlength: 200, required: true, autocomplete: "off", "aria-label": "Title", data: { key: `title ${id}` },
  });
  return el(
    "form", { class: "edit", on: { submit: (event) => {
      event.preventDefault();
      const wanted = input.value.trim();
      if (wanted) act(() => renameConversation(id, wanted), id);
    } } },
    input,
    el("button", { type: "submit", class: "main small", text: "Save" }),
  );
}

/** @param {ConversationOut} one */
function deleting({ id, title }) {
  const at = all.findIndex((each) => each.id === id);
  const next = all[at + 1] ?? all[at - 1];
  return el(
    "div", { class: "acts", role: "group", "aria-label": `Delete ${title}` },
    el("span", { class: "aside", text: "It is gone for good." }),
    el("button", {
      type: "button", class: "main stop small", text: "Delete", data: { key: `delete ${id}` }, on: { click: async () => {
        await act(() => deleteConversation(id), next?.id ?? "");
        forgotten(id);
      } },
    }),
    el("button", {
      type: "button", class: "quiet small", text: "Keep", data: { key: `keep ${id}` }, on: { click: () => openRow(id, "") },
    }),
  );
}

/**
 * @param {() => Promise<unknown>} run
 * @param {string} focus the conversation that gets the focus then
 */
async function act(run, focus) {
  try {
    await run();
    opened = { id: "", what: "" };
    await refreshTalks();
    openRow("", "", `open ${focus}`);
  } catch (error) {
    toast(shown(error).message, true);
  }
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
  search.addEventListener("input", later(() => {
    limit = STEP;
    refreshTalks();
  }, SEARCH_AFTER_MS));
  button("talks-more").addEventListener("click", async () => {
    const shown = all.length;
    limit += STEP;
    await refreshTalks();
    openRow("", "", `open ${all[shown]?.id}`); // the button may be gone
  });
  onPlace(draw);
  refreshTalks();
}
