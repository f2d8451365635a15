// @ts-check
// Filing again after corrections: what would change, and doing it.

import { getAffected, look, shown } from "../common/api.js";
import { loadCategories, nameOf } from "../common/categories.js";
import { box, button, byId, el, problem } from "../common/dom.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { differenceOf } from "./choices.js";

/** @import { ChangeOut } from "../common/schemas.js" */

const SHOWN = 200;
const dialog = byId("again", HTMLDialogElement);
/** Counts the looks, so that one that was left does not go on. */
let current = 0;

/**
 * Say after a correction how many similar files would be filed otherwise; what fails here is not worth a word.
 *
 * @param {number} file
 */
export async function sayAffected(file) {
  const { affected } = await getAffected(file).catch(() => ({ affected: 0 }));
  box("affected").hidden = !affected;
  box("affected-text").textContent = say().review.affected(affected);
}

/**
 * Go through all files and return what changes; null where the dialog was closed meanwhile.
 *
 * @param {boolean} apply
 */
async function goThrough(apply) {
  const mine = ++current;
  /** @type {ChangeOut[]} */
  const changes = [];
  for (let start = /** @type {number | null} */ (0); start !== null;) {
    const found = await look(start, apply);
    if (mine !== current) return null;
    changes.push(...found.changes);
    start = found.next;
    box("again-where").textContent = say().review.looked_at(start ?? found.total, found.total);
  }
  return changes;
}

/** @param {ChangeOut} change */
function row(change) {
  const { name, was, now, certain } = differenceOf(change, nameOf);
  return el(
    "tr", { title: told(change, "reason") },
    el("td", { text: name, title: change.file.path }), el("td", { text: was }), el("td", { text: now }),
    el("td", { class: "number", text: certain }),
  );
}

/** @param {ChangeOut[]} changes */
function table(changes) {
  const head = say().review.again_columns.map((text) => el("th", { scope: "col", text }));
  const more = changes.length - SHOWN;
  return [
    el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...changes.slice(0, SHOWN).map(row))),
    more > 0 ? el("p", { text: say().review.and_more(more) }) : "",
  ];
}

async function preview() {
  box("affected").hidden = true;
  box("again-body").replaceChildren();
  button("again-do").hidden = true;
  dialog.showModal();
  try {
    const [changes] = await Promise.all([goThrough(false), loadCategories()]);
    if (!changes) return;
    box("again-body").replaceChildren(...(changes.length ? table(changes) : [el("p", { text: say().review.no_change })]));
    button("again-do").hidden = !changes.length;
    button("again-do").textContent = say().review.file_them(changes.length);
  } catch (error) {
    box("again-body").replaceChildren(problem(shown(error)));
  }
}

async function apply() {
  button("again-do").hidden = true;
  try {
    const changes = await goThrough(true);
    if (!changes) return;
    box("again-body").replaceChildren(el("p", { text: say().review.filed_anew(changes.length) }));
  } catch (error) {
    box("again-body").replaceChildren(problem(shown(error)));
  }
}

export function startAgain() {
  button("again-open").addEventListener("click", preview);
  button("affected-show").addEventListener("click", preview);
  button("affected-hide").addEventListener("click", () => { box("affected").hidden = true; });
  button("again-do").addEventListener("click", apply);
  button("again-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => { current += 1; });
}
