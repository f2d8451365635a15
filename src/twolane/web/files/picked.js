// @ts-check
// The files that are chosen in the list, to do something with all of them.

import { listFiles } from "../common/api.js";
import { onChange } from "../common/changes.js";
import { box, el, toastTrouble } from "../common/dom.js";
import { say } from "../common/say.js";
import { session } from "../common/session.js";
import { giveForm, mayGive } from "../panel/owner.js";
import { takeOutButtons } from "../panel/takeout.js";
import { bulkControls } from "./bulk.js";

/** @import { FileOut } from "../common/schemas.js" */

const MOST = 2000; // chosen at once
const AT_ONCE = 500;
/** @type {Map<number, FileOut>} */
const picked = new Map();
let giving = el("form");
/** Takes back the last change of several files, until the next change. @type {(() => Promise<unknown>) | null} */
let takeBack = null;
const undo = el("button", { type: "button", class: "quiet undo-last", on: { click: undoLast } });

/** @param {FileOut} file */
export function pickBox(file) {
  if (picked.has(file.file_id)) {
    picked.set(file.file_id, file); // as it is by now
    showGiving();
  }
  return el("input", {
    type: "checkbox", class: "pick", data: { right: "correct" }, "aria-label": say().files.choose(file.name), checked: picked.has(file.file_id),
    on: { change: (/** @type {Event} */ event) => pick(file, /** @type {HTMLInputElement} */ (event.target).checked) },
  });
}

/**
 * @param {FileOut} file
 * @param {boolean} chosen
 */
function pick(file, chosen) {
  if (chosen) picked.set(file.file_id, file);
  else picked.delete(file.file_id);
  show();
}

/** Forget what was chosen: other files are listed now, and nobody sees what would be done with these. */
export function forgetPicked() {
  picked.clear();
  show();
}

/**
 * Choose all that the list has, also what is not in sight.
 *
 * @param {URLSearchParams} query
 */
async function pickAll(query) {
  try {
    for (let offset = 0; offset < MOST; offset += AT_ONCE) {
      query.set("offset", String(offset));
      query.set("limit", String(AT_ONCE));
      const { files, total } = await listFiles(query, new AbortController().signal);
      for (const file of files) picked.set(file.file_id, file);
      if (offset + files.length >= total || !files.length) break;
    }
  } catch (error) {
    toastTrouble(/** @type {Error} */ (error));
  }
  show();
}

/** Whose files are may have changed since they were chosen. */
function showGiving() {
  giving.hidden = !mayGive([...picked.values()], session());
}

/** Show how many are chosen, and tick them in the list. */
function show() {
  const bar = box("picked");
  const focused = bar.contains(document.activeElement);
  showGiving();
  bar.hidden = !picked.size && !takeBack;
  bar.classList.toggle("none-chosen", !picked.size);
  undo.hidden = !takeBack;
  box("picked-count").textContent = say().files.chosen(picked.size);
  for (const input of document.querySelectorAll("#rows .pick")) {
    const id = Number(input.closest("tr")?.dataset["id"]);
    if (input instanceof HTMLInputElement) input.checked = picked.has(id);
  }
  if (!focused || document.activeElement?.checkVisibility()) return;
  const others = /** @type {NodeListOf<HTMLElement>} */ (bar.querySelectorAll("select, button"));
  ([undo, ...others].find((each) => each.checkVisibility()) ?? box("table")).focus();
}

/** @param {(() => Promise<unknown>) | null} how */
function keep(how) {
  takeBack = how;
  show();
}

async function undoLast() {
  const run = takeBack;
  keep(null);
  try {
    await run?.();
  } catch (error) {
    toastTrouble(/** @type {Error} */ (error));
  }
  show();
}

/** @param {() => URLSearchParams} query of all that the list has */
export function startPicked(query) {
  /** @type {(text: string, run: () => void) => HTMLElement} */
  const act = (text, run) => el("button", { type: "button", class: "quiet", text, on: { click: run } });
  const words = say().files;
  giving = giveForm(() => [...picked.keys()], { given: forgetPicked, keep });
  giving.hidden = true;
  box("picked-acts").replaceChildren(
    ...bulkControls(() => [...picked.values()], (text) => { box("picked-count").textContent = text; }, show, keep),
    giving,
    ...takeOutButtons(() => [...picked.keys()], forgetPicked, keep),
    act(words.choose_all, () => { pickAll(query()); }),
    act(words.choose_none, forgetPicked),
    undo,
  );
  undo.textContent = say().common.undo_last;
  undo.hidden = true;
  onChange(() => keep(null));
}
