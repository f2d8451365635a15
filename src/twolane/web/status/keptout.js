// @ts-check
// What was taken out of the library and can come back, and what is kept out of it.

import { admit, getExclusions, getRemovals, restoreFile, shown } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, problem, toastTrouble } from "../common/dom.js";

/** @import { ExclusionOut, RemovalOut } from "../common/schemas.js" */

const shownIn = el("div", { class: "kept-out" });

/** The part of the page; it is filled when it is first asked for, and after each change. */
export const keptOut = () => shownIn;

export async function loadKeptOut() {
  try {
    const [{ removals }, { exclusions }] = await Promise.all([getRemovals(), getExclusions()]);
    shownIn.replaceChildren(
      ...list("Taken out", removals, removalRow),
      ...list("Kept out", exclusions, exclusionRow),
    );
  } catch (error) {
    shownIn.replaceChildren(problem(shown(error)));
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
  return row(path, trashed ? "in the trash" : "in its place", "Bring back", () => restoreFile(id));
}

/** @param {ExclusionOut} exclusion */
function exclusionRow({ exclusion_id: id, kind, value }) {
  return row(value || "a path that is forgotten", kind, "Keep out no more", () => admit(id));
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
    el("button", { type: "button", class: "quiet small", text: act, "aria-label": `${act}: ${text}`, on: { click: again } }),
  );
}
