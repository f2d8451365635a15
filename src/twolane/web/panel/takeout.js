// @ts-check
// Files are taken out of the library: one from its panel, or those that are chosen in the list.

import { removeFiles, restoreFile, shown } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, toast, toastTrouble } from "../common/dom.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";

/** @import { RemovedOut } from "../common/schemas.js" */

/**
 * The two ways out: the file stays where it is, or it goes into the system's trash.
 *
 * @param {() => number[]} files which ones, by their numbers
 * @param {() => void} [done] run once they are out
 * @param {(undo: () => Promise<unknown>) => void} [keep] keeps how that is taken back
 */
export function takeOutButtons(files, done, keep) {
  /** @type {(text: string, title: string, deleteFile: boolean) => HTMLElement} */
  const way = (text, title, deleteFile) => el("button", {
    type: "button", class: "quiet", data: { right: "correct" }, text, title, on: { click: () => takeOut(files(), deleteFile, done, keep) },
  });
  const words = say().panel;
  return [
    way(words.take_out, words.take_out_how, false),
    way(words.to_trash, words.to_trash_how, true),
  ];
}

/**
 * @param {number[]} ids
 * @param {boolean} deleteFile
 * @param {() => void} [done]
 * @param {(undo: () => Promise<unknown>) => void} [keep]
 */
async function takeOut(ids, deleteFile, done, keep) {
  if (!ids.length) return;
  try {
    const removed = await removeFiles(ids, deleteFile);
    done?.();
    changed();
    const takeBack = removed.removal_ids.length ? () => restore(removed.removal_ids) : undefined;
    toast(outcome(removed), removed.left.length > 0, takeBack);
    if (takeBack) keep?.(takeBack);
  } catch (error) {
    toastTrouble(shown(error));
  }
}

/** @param {RemovedOut} removed */
export function outcome({ files, trashed, left }) {
  const [first] = left;
  const words = say().panel;
  const out = [words.are_out(files), trashed ? words.in_trash(trashed) : ""].filter(Boolean).join(", ");
  return first ? `${out}; ${words.stay(left.length)}: ${told(first, "why")}` : out;
}

/** @param {number[]} ids */
async function restore(ids) {
  for (const id of ids) await restoreFile(id);
  changed();
}
