// @ts-check
// What was taken out of the library and can come back, and what is kept out of it.

import { admit, changeClutter, getExclusions, getRemovals, restoreFile, shown } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, problem, replace, toastTrouble } from "../common/dom.js";
import { say } from "../common/say.js";
import { isAllowed } from "../common/session.js";
import { told } from "../common/told.js";
import { exclusionWord } from "./words.js";

/** @import { ClutterOut, ExclusionOut, RemovalOut } from "../common/schemas.js" */

const shownIn = el("div", { class: "kept-out" });

/** The part of the page; it is filled when it is first asked for, and after each change. */
export const keptOut = () => shownIn;

export async function loadKeptOut() {
  try {
    const kept = await isAllowed("admin") ? await getExclusions() : null;
    const { removals } = await getRemovals();
    replace(shownIn, [
      ...list(say().lanes.taken_out, removals, removalRow),
      ...list(say().lanes.kept_out, kept?.exclusions ?? [], exclusionRow),
      ...(kept ? [clutterList(kept.clutter)] : []),
    ]);
  } catch (error) {
    replace(shownIn, [problem(shown(error))]);
  }
}

/**
 * @template T
 * @param {string} title
 * @param {T[]} all
 * @param {(one: T) => Node} row
 */
function list(title, all, row) {
  if (!all.length) return [];
  return [el("section", {}, el("h3", { text: title }), el("ul", { class: "kept" }, ...all.map(row)))];
}

/** @param {RemovalOut} removal */
function removalRow({ removal_id: id, path, is_trashed: trashed }) {
  return row(path, trashed ? say().lanes.in_trash : say().lanes.in_place, say().lanes.bring_back, () => restoreFile(id));
}

/** @param {ExclusionOut} exclusion */
function exclusionRow({ exclusion_id: id, kind, value }) {
  return row(value || say().lanes.forgotten_path, exclusionWord(kind), say().lanes.keep_no_more, () => admit(id));
}

/** @param {ClutterOut[]} clutter */
function clutterList(clutter) {
  return el(
    "details", { class: "clutter" },
    el("summary", { text: say().lanes.clutter(clutter.length) }),
    el("ul", { class: "kept" }, ...clutter.map(clutterRow)),
  );
}

/** @param {ClutterOut} name */
function clutterRow(name) {
  const { pattern, is_folder: isFolder, is_left_out: isLeftOut } = name;
  const act = isLeftOut ? say().lanes.take_in : say().lanes.leave_out;
  const note = isLeftOut ? told(name, "why") : say().lanes.next_scan;
  return row(pattern.trim() + (isFolder ? "/" : ""), note, act, () => changeClutter(pattern, !isLeftOut));
}

/**
 * @param {string} text
 * @param {string} note
 * @param {string} act
 * @param {() => Promise<unknown>} take
 */
function row(text, note, act, take) {
  const again = async () => {
    try {
      await take();
      changed();
    } catch (error) {
      toastTrouble(shown(error));
    }
    await loadKeptOut();
  };
  return el(
    "li", {}, el("span", { text }), el("span", { class: "aside", text: note }),
    el("button", { type: "button", class: "quiet small", data: { right: "correct" }, text: act, "aria-label": `${act}: ${text}`, on: { click: again } }),
  );
}
