// @ts-check
// The list of files: filters, paging, and staying up to date.

import { isAbort, listFiles, retryParked, shown } from "../common/api.js";
import { categories, loadCategories } from "../common/categories.js";
import { changed, onChange } from "../common/changes.js";
import { box, button, byId, el, problem, toast } from "../common/dom.js";
import { count } from "../common/format.js";
import { later } from "../common/later.js";
import { NO_FILTERS } from "../common/places.js";
import { go, onPlace, place } from "../common/router.js";
import { onStatus } from "../common/standing.js";
import { followFilters, listCategories, showStates, startFilters } from "./filters.js";
import { firstRun } from "./firstrun.js";
import { PAGE_SIZE, filtered, onlyReview, queryOf, rangeOf } from "./list.js";
import { startPicked } from "./picked.js";
import { showRows } from "./table.js";
import { want } from "./wanted.js";

/** @import { FilesOut, StatusOut } from "../common/schemas.js" */

/** @type {AbortController | null} */
let loading = null;
/** @type {Set<string>} categories that files are in and that the list of them did not have */
const met = new Set();
let asked = "";
let lastStatus = "";

export async function refresh() {
  loading?.abort();
  loading = new AbortController();
  try {
    const list = await listFiles(queryOf(place().filters), loading.signal);
    show(list);
    await meet(list);
  } catch (error) {
    if (!isAbort(error)) showEmpty(problem(shown(error)));
  }
}

const refreshSoon = later(refresh, 200);

/**
 * Ask for the categories again where a file is in one that was not there: another program has changed them.
 *
 * @param {FilesOut} list
 */
async function meet({ files }) {
  const ids = files.flatMap(({ classification }) => classification?.category || []);
  const unknown = ids.filter((id) => !met.has(id) && !categories().some((each) => each.id === id));
  if (!unknown.length || !categories().length) return;
  for (const id of unknown) met.add(id);
  await loadCategories(true);
  changed();
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
  if (!filtered(filters)) return firstRun();
  if (onlyReview(filters)) {
    return [el("h3", { text: "Nothing to review" }), el("p", { text: "Every file that was read has its place." })];
  }
  const clear = el("button", {
    type: "button", class: "quiet", text: "Show all files", on: { click: () => want(NO_FILTERS) },
  });
  return [el("h3", { text: "No file matches" }), clear];
}

/**
 * Take in a new status: chips at once, the table where something moved.
 *
 * @param {StatusOut} status
 */
function filesChanged(status) {
  const { files, categories } = status.snapshot.counts;
  const now = JSON.stringify([files, categories, status.waiting, status.parked]);
  if (now === lastStatus) return;
  lastStatus = now;
  showStates(files);
  button("retry").hidden = !status.parked;
  refreshSoon();
}

/** The address says which files are wanted; the controls and the table follow it. */
function followPlace() {
  const { filters } = place();
  followFilters();
  byId("by-date", HTMLTableCellElement).ariaSort = filters.order === "date" ? "descending" : "none";
  const query = String(queryOf(filters));
  if (query === asked) return;
  box("table").scrollTop = 0;
  asked = query;
  refreshSoon();
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
  startFilters();
  startPicked();
  box("by-date").querySelector("button")?.addEventListener("click", () => (
    want({ order: place().filters.order === "date" ? "" : "date" })
  ));
  button("earlier").addEventListener("click", () => turn(-PAGE_SIZE));
  button("later").addEventListener("click", () => turn(PAGE_SIZE));
  button("retry").addEventListener("click", retry);
  onChange(async () => {
    await listCategories();
    await refresh();
  });
  onPlace(followPlace);
  onStatus(filesChanged);
  await listCategories();
  await refresh();
}
