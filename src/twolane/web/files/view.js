// @ts-check
// The list of files: what is wanted of it, its rows as they come into sight, and staying up to date.

import { isAbort, listFiles, shown } from "../common/api.js";
import { categories, loadCategories } from "../common/categories.js";
import { changed, onChange } from "../common/changes.js";
import { box, button, byId, el, problem, toastTrouble } from "../common/dom.js";
import { later } from "../common/later.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";
import { SavedViews } from "../common/saved.js";
import { say } from "../common/say.js";
import { onStatus } from "../common/standing.js";
import { VirtualList } from "../common/virtual.js";
import { allPlaced } from "../review/choices.js";
import { followFilters, listCategories, showStates, startFilters } from "./filters.js";
import { firstRun } from "./firstrun.js";
import { startGivenUp } from "./givenup.js";
import { showGroups, startGroups } from "./groups.js";
import { PAGE_SIZE, filtered, onlyReview, queryOf, sortOf, sortedNext } from "./list.js";
import { forgetPicked, startPicked } from "./picked.js";
import { row, startPictures } from "./table.js";
import { want } from "./wanted.js";

/** @import { FileOut, FilesOut, StatusOut } from "../common/schemas.js" */

const COLUMNS = /** @type {const} */ (["name", "date", "correspondent", "category", "state"]);
/** @type {AbortController | null} */
let loading = null;
/** @type {Set<string>} categories that files are in and that the list of them did not have */
const met = new Set();
let asked = "";
let lastStatus = "";
/** @type {(FileOut | undefined)[]} what of the list is here, each at its place */
let items = [];
let total = 0;
/** @type {Set<number>} the parts that are being fetched, by where they begin */
const coming = new Set();
/** @type {VirtualList<FileOut> | null} */
let list = null;

/**
 * Fetch what is seen of the list anew; the rest comes once it is seen.
 *
 * @param {number} [focus] the place in the list where the focus goes on
 */
export async function refresh(focus = -1) {
  loading?.abort();
  const mine = loading = new AbortController();
  coming.clear();
  const from = partOf(list?.position()?.index ?? 0);
  try {
    const [found] = await Promise.all([listFiles(queryOf(place().filters, from), mine.signal), loadCategories()]);
    if (!found.files.length && from) { // what was there has gone
      list?.goTo({ index: 0, offset: 0 });
      items = [];
      total = 0;
      await refresh(focus);
      return;
    }
    items = [];
    take(found);
    show();
    if (focus >= 0) list?.focus(focus, "select");
    await meet(found);
  } catch (error) {
    if (!isAbort(error)) showEmpty(problem(shown(error)));
  }
}

const refreshSoon = later(refresh, 200);

/** @param {number} index */
const partOf = (index) => index - (index % PAGE_SIZE);

/** @param {FilesOut} found */
function take({ files, total: all, offset }) {
  total = all;
  files.forEach((file, at) => { items[offset + at] = file; });
}

/**
 * Fetch rows that have come into sight.
 *
 * @param {number} from
 * @param {number} to
 */
async function fetchParts(from, to) {
  for (let part = partOf(from); part < to; part += PAGE_SIZE) {
    if (coming.has(part) || items[part]) continue;
    coming.add(part);
    try {
      const found = await listFiles(queryOf(place().filters, part), loading?.signal ?? new AbortController().signal);
      take(found);
      show();
      await meet(found);
    } catch (error) {
      if (!isAbort(error)) toastTrouble(shown(error));
    }
    coming.delete(part);
  }
}

/**
 * Ask for the categories again where a file is in one that was not there: another program has changed them.
 *
 * @param {FilesOut} found
 */
async function meet({ files }) {
  const ids = files.flatMap(({ classification }) => classification?.category || []);
  const unknown = ids.filter((id) => !met.has(id) && !categories().some((each) => each.id === id));
  if (!unknown.length || !categories().length) return;
  for (const id of unknown) met.add(id);
  await loadCategories(true);
  changed();
}

function show() {
  box("files-total").textContent = total ? String(total) : "";
  box("files-table").hidden = !total;
  box("files-empty").hidden = Boolean(total);
  if (!total) showEmpty(...nothing());
  list?.show(items, total);
}

/** @param {...Node} content */
function showEmpty(...content) {
  box("files-table").hidden = true;
  box("files-empty").hidden = false;
  box("files-empty").replaceChildren(...content);
}

function nothing() {
  const { filters } = place();
  const words = say().files;
  if (!filtered(filters)) return firstRun();
  if (onlyReview(filters)) return [el("h3", { text: say().review.nothing }), el("p", { text: allPlaced() })];
  const clear = el("button", { type: "button", class: "quiet", text: words.show_all, on: { click: () => want(NO_FILTERS) } });
  return [el("h3", { text: words.no_match }), clear];
}

/**
 * Take in a new status: chips at once, the table where something moved.
 *
 * @param {StatusOut} status
 */
function filesChanged(status) {
  const { files, categories: used } = status.snapshot.counts;
  const now = JSON.stringify([files, used, status.waiting, status.parked]);
  if (now === lastStatus) return;
  lastStatus = now;
  showStates(files);
  button("retry").hidden = !status.parked;
  button("retry").textContent = say().files.retry(status.parked);
  refreshSoon();
}

/** The address says which files are wanted; the controls and the table follow it. */
function followPlace() {
  const { filters } = place();
  followFilters();
  for (const column of COLUMNS) byId(`by-${column}-column`, HTMLTableCellElement).ariaSort = sortOf(filters, column);
  button("files-reverse").setAttribute("aria-pressed", String(filters.reverse));
  button("files-reverse").disabled = !filters.order;
  showGroups(filters.copies);
  const query = String(queryOf(filters));
  if (query === asked) return;
  const isFirst = !asked;
  if (!isFirst) list?.goTo({ index: 0, offset: 0 });
  asked = query;
  items = [];
  forgetPicked();
  if (isFirst) refresh();
  else refreshSoon(); // somebody may be typing
}

export function startFiles() {
  list = new VirtualList({
    into: box("rows"),
    row: (file, index) => row(file, index, refresh),
    keyOf: ({ file_id: id }) => id,
    rowHeight: 62,
    missing: fetchParts,
    keep: "twolane.files",
  });
  startFilters();
  startPicked(() => queryOf(place().filters));
  startPictures(() => list?.refresh());
  for (const column of COLUMNS) {
    box(`by-${column}-column`).querySelector("button")?.addEventListener("click", () => want(sortedNext(place().filters, column)));
  }
  button("files-reverse").addEventListener("click", () => want({ reverse: !place().filters.reverse }));
  startGivenUp();
  startGroups();
  box("files-saved").append(new SavedViews("files", () => say().views, () => addressOf({ view: "files", filters: place().filters, file: null, page: null })).node);
  onChange(async () => {
    await listCategories();
    list?.refresh();
    await refresh();
  });
  onStatus(filesChanged);
  listCategories();
  onPlace(followPlace);
}
