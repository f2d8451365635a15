// @ts-check
// The files that are chosen in the list, to do something with all of them.

import { box, el } from "../common/dom.js";
import { takeOutButtons } from "./takeout.js";

/** @import { FileOut } from "../common/schemas.js" */

/** @type {Set<number>} */
const picked = new Set();
/** @type {number[]} those of the page of the list that is shown */
let listed = [];

/** @param {FileOut} file */
export function pickBox(file) {
  return el("input", {
    type: "checkbox", class: "pick", "aria-label": `Choose ${file.name}`, checked: picked.has(file.file_id),
    on: { change: (/** @type {Event} */ event) => pick(file.file_id, /** @type {HTMLInputElement} */ (event.target).checked) },
  });
}

/**
 * @param {number} id
 * @param {boolean} chosen
 */
function pick(id, chosen) {
  if (chosen) picked.add(id);
  else picked.delete(id);
  show();
}

/** @param {boolean} chosen */
function pickAll(chosen) {
  for (const input of document.querySelectorAll("#rows .pick")) {
    if (input instanceof HTMLInputElement) input.checked = chosen;
  }
  picked.clear();
  if (chosen) for (const id of listed) picked.add(id);
  show();
}

/**
 * Forget what is not in the list any more: nobody sees what would be done with it.
 *
 * @param {FileOut[]} files
 */
export function listPicked(files) {
  listed = files.map(({ file_id: id }) => id);
  for (const id of picked) if (!listed.includes(id)) picked.delete(id);
  show();
}

function show() {
  const bar = box("picked");
  const focused = bar.contains(document.activeElement);
  bar.hidden = !picked.size;
  box("picked-count").textContent = `${picked.size} chosen`;
  if (focused && bar.hidden) box("table").focus();
}

export function startPicked() {
  /** @type {(text: string, chosen: boolean) => HTMLElement} */
  const choose = (text, chosen) => el("button", {
    type: "button", class: "quiet", text, on: { click: () => pickAll(chosen) },
  });
  box("picked-acts").replaceChildren(
    ...takeOutButtons(() => [...picked], () => pickAll(false)),
    choose("Choose all here", true),
    choose("Choose none", false),
  );
}
