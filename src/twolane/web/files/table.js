// @ts-check
// The rows of the table of files: names that open the panel, categories that can be corrected.

import { correct, shown, undo } from "../common/api.js";
import { categories, nameOf } from "../common/categories.js";
import { changed } from "../common/changes.js";
import { byId, el, toast, toastTrouble } from "../common/dom.js";
import { count, inWords, percent } from "../common/format.js";
import { openFile } from "../common/router.js";
import { sayAffected } from "../review/again.js";
import { choosing } from "./choice.js";
import { noteOf, wordOf } from "./list.js";
import { listPicked, pickBox } from "./picked.js";
import { wantAlso } from "./wanted.js";

/** @import { ClassificationOut, FileOut } from "../common/schemas.js" */
/** @typedef {() => Promise<void>} Refresh */

/** @type {Map<string, string>} what each row was made of */
const madeOf = new Map();
/** The place in the list where the focus goes on once a decision is shown: it is the next file where this one moved. */
let goOnAt = -1;

/**
 * Replace only the rows that changed, so that focus and an open list of categories survive an update.
 *
 * @param {FileOut[]} files
 * @param {Refresh} refresh
 */
export function showRows(files, refresh) {
  const body = byId("rows", HTMLTableSectionElement);
  const choices = categories().map(({ id, name }) => `${id} ${name}`).join();
  const old = new Map([...body.rows].map((row) => [row.dataset["id"], row]));
  const rows = files.map((file) => {
    const id = String(file.file_id);
    const made = JSON.stringify([file, choices]);
    const before = old.get(id);
    const focused = before?.contains(document.activeElement) && document.activeElement?.matches("select");
    if (before && (focused || madeOf.get(id) === made)) return before;
    madeOf.set(id, made);
    return row(file, refresh);
  });
  const same = rows.length === body.rows.length && rows.every((each, at) => each === body.rows[at]);
  if (!same) body.replaceChildren(...rows);
  listPicked(files);
  if (goOnAt >= 0) rows[Math.min(goOnAt, rows.length - 1)]?.querySelector("select")?.focus();
  goOnAt = -1;
}

/**
 * @param {FileOut} file
 * @param {Refresh} refresh
 */
function row(file, refresh) {
  const note = noteOf(file);
  return el(
    "tr",
    { data: { id: file.file_id, state: file.state } },
    el(
      "td",
      { class: "name" },
      pickBox(file),
      el("button", {
        type: "button", class: "link", text: file.name, title: file.path,
        on: { click: () => openFile(file.file_id, { view: "files" }) },
      }),
      marks(file),
      note ? el("span", { class: "note", text: note }) : null,
    ),
    el("td", { class: "date" }, dated(file)),
    el("td", { class: "from" }, sender(file)),
    el("td", { class: "category" }, ...categoryCell(file, refresh), certain(file.classification)),
    el("td", { class: "state" }, el("span", { class: `badge ${file.state}`, text: wordOf(file.state) })),
  );
}

/** @param {FileOut} file */
const dated = ({ dated_at: day }) => day && el("time", { datetime: day, text: day });

/** @param {FileOut} file */
function sender({ correspondent: from }) {
  return from && el("button", {
    type: "button", class: "link", text: from.name, title: `Only what ${from.name} sent`,
    on: { click: () => wantAlso("correspondent", from.correspondent_id) },
  });
}

/**
 * Show below a name what has no column: tags, other copies, and where the list is narrow the date and the sender.
 *
 * @param {FileOut} file
 */
function marks(file) {
  const tags = file.tags.map((tag) => el("button", {
    type: "button", class: "tag", text: tag, title: `Only what has the tag ${tag}`, on: { click: () => wantAlso("tag", tag) },
  }));
  const [at, from] = [dated(file), sender(file)];
  const copies = file.copies ? el("span", { class: "copies", text: count(file.copies, "1 copy", "copies") }) : null;
  if (!tags.length && !at && !from && !copies) return null;
  return el("div", { class: "marks" }, at, from && el("span", { class: "from" }, from), ...tags, copies);
}

/**
 * @param {FileOut} file
 * @param {Refresh} refresh
 */
function categoryCell(file, refresh) {
  const decided = file.classification;
  if (!decided && !file.read_status) return [el("span", { class: "none", text: "—" })];
  const select = el("select", { "aria-label": `Category of ${file.name}` }, ...options(decided));
  choosing(select, (category) => decide(file, category, select, refresh), (category) => (
    toast(`Enter files ${file.name} in ${nameOf(category)}, Escape leaves it where it is`)
  ));
  if (!decided || file.state !== "review") return [select];
  const keep = el("button", {
    type: "button", class: "keep", text: "Keep", "aria-label": `Keep ${nameOf(decided.category)} for ${file.name}`,
    on: { click: () => decide(file, decided.category, select, refresh) },
  });
  return [select, keep];
}

/** @param {ClassificationOut | null} decided */
function options(decided) {
  const known = categories().map(({ id, name, description }) => el("option", {
    value: id, text: name, selected: id === decided?.category, title: description,
  }));
  if (!decided) return [el("option", { value: "", text: "none yet", disabled: true, selected: true }), ...known];
  if (categories().some(({ id }) => id === decided.category)) return known;
  return [...known, el("option", { value: decided.category, text: nameOf(decided.category), selected: true })];
}

/** @param {ClassificationOut | null} decided */
function certain(decided) {
  if (!decided) return null;
  const value = decided.confidence;
  return el(
    "div", { class: "certain" },
    el("meter", { min: 0, max: 1, low: 0.5, high: 0.75, optimum: 1, value, "aria-label": "Confidence" }),
    el("span", { class: "number", text: percent(value) }),
    el("span", { class: "tier", text: inWords(decided.tier), title: decided.reason }),
  );
}

/**
 * @param {FileOut} file
 * @param {string} category
 * @param {HTMLSelectElement} select
 * @param {Refresh} refresh
 */
async function decide(file, category, select, refresh) {
  select.disabled = true;
  try {
    await correct(file.file_id, category, file.document);
    toast(`${file.name} is now in ${nameOf(category)}`, false, async () => {
      await undo(file.file_id);
      changed();
    });
    sayAffected(file.file_id);
  } catch (error) {
    toastTrouble(shown(error));
  }
  // Only where the focus still is there: a click elsewhere went on already.
  if (select === document.activeElement || document.activeElement === document.body) {
    goOnAt = [...byId("rows", HTMLTableSectionElement).rows].findIndex((each) => each.contains(select));
  }
  select.blur();
  madeOf.delete(String(file.file_id));
  await refresh();
}
