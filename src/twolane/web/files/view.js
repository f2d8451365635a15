// @ts-check
// The list of files: filters, paging, and staying up to date.

import { isAbort, listFiles, retryParked, shown } from "../common/api.js";
import { loadCategories } from "../common/categories.js";
import { box, button, byId, el, problem, toast } from "../common/dom.js";
import { count } from "../common/format.js";
import { later } from "../common/later.js";
import { NO_FILTERS } from "../common/places.js";
import { go, onPlace, place } from "../common/router.js";
import { PAGE_SIZE, choices, filtered, onlyReview, queryOf, rangeOf } from "./list.js";
import { showRows } from "./table.js";

/** @import { Filters } from "../common/places.js" */
/** @import { FilesOut, StatusOut } from "../common/schemas.js" */

const category = byId("category", HTMLSelectElement);
const text = byId("text", HTMLInputElement);
/** @type {AbortController | null} */
let loading = null;
/** @type {Partial<Record<string, number>>} */
let counts = {};
let asked = "";
let lastStatus = "";

export async function refresh() {
  loading?.abort();
  loading = new AbortController();
  try {
    show(await listFiles(queryOf(place().filters), loading.signal));
  } catch (error) {
    if (!isAbort(error)) showEmpty(problem(shown(error)));
  }
}

const refreshSoon = later(refresh, 200);

/**
 * Show other files: back leads to those that are shown now, unless this only goes on with the same word.
 *
 * @param {Partial<Filters>} change
 */
function want(change) {
  const { filters } = place();
  const typing = change.q !== undefined && filters.q !== "";
  go({ view: "files", filters: { ...filters, from: 0, ...change } }, { replace: typing });
}

/** @param {FilesOut} list */
function show(list) {
  const { files, total, offset } = list;
  if (!files.length && offset) {
    go({ filters: { ...place().filters, from: 0 } }, { replace: true });
    return;
  }
  const range = rangeOf(list);
  box("files-total").textContent = total ? String(total) : "";
  box("files-table").hidden = !files.length;
  box("files-empty").hidden = Boolean(files.length);
  if (!files.length) showEmpty(...nothing());
  showRows(files, refresh);
  box("pager").hidden = range.one;
  box("range").textContent = range.text;
  button("earlier").disabled = range.first;
  button("later").disabled = range.last;
}

/** @param {...Node} content */
function showEmpty(...content) {
  box("files-table").hidden = true;
  box("files-empty").hidden = false;
  box("files-empty").replaceChildren(...content);
}

function nothing() {
  const { filters } = place();
  if (!filtered(filters)) {
    return [
      el("h3", { text: "No files yet" }),
      el("p", {}, "Drop files anywhere on this page, or have a whole folder filed with ",
        el("code", { text: "twolane add FOLDER" }), ". Your files stay where they are."),
    ];
  }
  if (onlyReview(filters)) {
    return [el("h3", { text: "Nothing to review" }), el("p", { text: "Every file that was read has its place." })];
  }
  const clear = el("button", {
    type: "button", class: "quiet", text: "Show all files", on: { click: () => want(NO_FILTERS) },
  });
  return [el("h3", { text: "No file matches" }), clear];
}

function showStates() {
  const chosen = place().filters.state;
  const group = box("states");
  const chips = choices(counts, chosen).map(({ state, text: word, number }) => el(
    "button",
    {
      type: "button", class: `chip ${state}`, "aria-pressed": String(state === chosen),
      on: { click: () => want({ state }) },
    },
    word,
    el("span", { class: "count", text: number }),
  ));
  const focused = chips[[...group.children].findIndex((child) => child === document.activeElement)];
  group.hidden = !chips.length;
  group.replaceChildren(...chips);
  focused?.focus();
}

/**
 * Take in a new status: chips at once, the table where something moved.
 *
 * @param {StatusOut} status
 */
export function filesChanged(status) {
  const { files, categories } = status.snapshot.counts;
  const now = JSON.stringify([files, categories, status.waiting, status.parked]);
  if (now === lastStatus) return;
  lastStatus = now;
  counts = files;
  showStates();
  button("retry").hidden = !status.parked;
  refreshSoon();
}

/** The address says which files are wanted; the controls and the table follow it. */
function followPlace() {
  const { filters } = place();
  // What is being typed is ahead of the address by the blanks at its ends.
  if (text.value.trim() !== filters.q) text.value = filters.q;
  if (category.value !== filters.category) chooseCategory(filters.category);
  showStates();
  const query = String(queryOf(filters));
  if (query === asked) return;
  box("table").scrollTop = 0;
  asked = query;
  refreshSoon();
}

/** @param {string} id */
function chooseCategory(id) {
  category.value = id;
  // An address may name a category that is not in the list, or not yet.
  if (category.value !== id) category.append(el("option", { value: id, text: id, selected: true }));
}

async function listCategories() {
  try {
    const found = await loadCategories();
    const all = el("option", { value: "", text: "All categories" });
    category.replaceChildren(all, ...found.map(({ id, name }) => el("option", { value: id, text: name })));
    chooseCategory(place().filters.category);
  } catch (error) {
    toast(shown(error).message, true);
  }
}

/** @param {number} step */
function turn(step) {
  want({ from: Math.max(0, place().filters.from + step) });
}

async function retry() {
  try {
    const { queued } = await retryParked();
    toast(count(queued, "One job is tried again", "jobs are tried again"));
  } catch (error) {
    toast(shown(error).message, true);
  }
}

export async function startFiles() {
  category.addEventListener("change", () => want({ category: category.value }));
  text.addEventListener("input", () => want({ q: text.value.trim() }));
  button("earlier").addEventListener("click", () => turn(-PAGE_SIZE));
  button("later").addEventListener("click", () => turn(PAGE_SIZE));
  button("retry").addEventListener("click", retry);
  onPlace(followPlace);
  await listCategories();
  await refresh();
}
