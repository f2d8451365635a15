// @ts-check
// The rows of the table of files: names that open the panel, categories that can be corrected.

import { correct, shown } from "../common/api.js";
import { categories, nameOf } from "../common/categories.js";
import { byId, el, toast } from "../common/dom.js";
import { inWords, percent } from "../common/format.js";
import { openFile } from "../common/router.js";
import { noteOf, wordOf } from "./list.js";

/** @import { ClassificationOut, FileOut } from "../common/schemas.js" */
/** @typedef {() => Promise<void>} Refresh */

/** @type {Map<string, string>} what each row was made of */
const madeOf = new Map();

/**
 * Replace only the rows that changed, so that focus and an open list of categories survive an update.
 *
 * @param {FileOut[]} files
 * @param {Refresh} refresh
 */
export function showRows(files, refresh) {
  const body = byId("rows", HTMLTableSectionElement);
  const old = new Map([...body.rows].map((row) => [row.dataset["id"], row]));
  const rows = files.map((file) => {
    const id = String(file.file_id);
    const made = JSON.stringify([file, categories().length]);
    const before = old.get(id);
    const focused = before?.contains(document.activeElement) && document.activeElement?.matches("select");
    if (before && (focused || madeOf.get(id) === made)) return before;
    madeOf.set(id, made);
    return row(file, refresh);
  });
  const same = rows.length === body.rows.length && rows.every((each, at) => each === body.rows[at]);
  if (!same) body.replaceChildren(...rows);
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
      el("button", {
        type: "button", class: "link", text: file.name, title: file.path,
        on: { click: () => openFile(file.file_id, { view: "files" }) },
      }),
      note ? el("span", { class: "note", text: note }) : null,
    ),
    el("td", { class: "category" }, ...categoryCell(file, refresh)),
    el("td", { class: "certain" }, ...certainCell(file.classification)),
    el("td", { class: "state" }, el("span", { class: `badge ${file.state}`, text: wordOf(file.state) })),
  );
}

/**
 * @param {FileOut} file
 * @param {Refresh} refresh
 */
function categoryCell(file, refresh) {
  const decided = file.classification;
  if (!decided && !file.read_status) return [el("span", { class: "none", text: "—" })];
  const select = el("select", {
    "aria-label": `Category of ${file.name}`,
    on: { change: () => decide(file, select.value, select, refresh) },
  });
  select.append(...options(decided));
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
  return [...known, el("option", { value: decided.category, text: decided.category, selected: true })];
}

/** @param {ClassificationOut | null} decided */
function certainCell(decided) {
  if (!decided) return [];
  const value = decided.confidence;
  return [
    el("meter", { min: 0, max: 1, low: 0.5, high: 0.75, optimum: 1, value, "aria-label": "Confidence" }),
    el("span", { class: "number", text: percent(value) }),
    el("span", { class: "tier", text: inWords(decided.tier), title: decided.reason }),
  ];
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
    await correct(file.file_id, category);
    toast(`${file.name} is now in ${nameOf(category)}`);
  } catch (error) {
    const { message, remedy } = shown(error);
    toast([message, remedy].filter(Boolean).join(" → "), true);
  }
  select.blur();
  madeOf.delete(String(file.file_id));
  await refresh();
}
