// @ts-check
// Whose files are, who else sees them, and giving them to somebody, with a way back.

import { getUsers, giveFiles, shown } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, toast, toastTrouble } from "../common/dom.js";
import { say } from "../common/say.js";
import { may, session } from "../common/session.js";

/** @import { FileHistoryOut, FileOut, OwnedOut, SessionOut } from "../common/schemas.js" */
/** @import { Again } from "./fields.js" */
/**
 * @typedef {object} Then what follows once files were given
 * @property {(owner: string) => unknown} given run once they are another's
 * @property {() => unknown} [back] run once they were given back
 * @property {(undo: () => Promise<unknown>) => void} [keep] keeps how that is taken back
 */

let forms = 0;

/**
 * Return whose a file is and who else sees it, in words.
 *
 * @param {Pick<FileHistoryOut, "owner" | "seen_by_others">} file
 * @param {string | null | undefined} user who looks at it
 */
export function whose({ owner, seen_by_others: isSeen }, user) {
  const words = say().owner;
  if (!owner) return isSeen ? words.of_everybody : words.admins_alone;
  return [owner === user ? words.yours : words.of(owner), isSeen ? words.others : words.nobody_else].join("; ");
}

/**
 * Return whether who looks at the page may give these files away; a library without users has one person.
 *
 * @param {Pick<FileOut, "owner">[]} files
 * @param {Pick<SessionOut, "user" | "rights"> | null} looking
 */
export function mayGive(files, looking) {
  if (!looking?.user || !looking.rights.includes("correct")) return false;
  return looking.rights.includes("admin") || files.every(({ owner }) => owner === looking.user);
}

/**
 * Return whose the file of the panel is; null where nobody has a name here.
 *
 * @param {FileHistoryOut} file
 * @param {Again} again
 * @param {() => void} close run once the file may be out of the giver's sight
 */
export function ownerSection(file, again, close) {
  const user = session()?.user;
  if (!user && !file.owner) return null;
  const words = say().owner;
  const here = () => again(".owner input");
  const given = (/** @type {string} */ owner) => (may("admin") || !owner || owner === user ? here() : close());
  return el(
    "section", { class: "owner", "aria-label": words.title },
    el("h3", { text: words.title }), el("p", { text: whose(file, user) }),
    mayGive([file], session()) && giveForm(() => [file.file_id], { given, back: here }),
  );
}

/**
 * Return what gives files to a user or to everybody.
 *
 * @param {() => number[]} files which ones, by their numbers
 * @param {Then} then
 */
export function giveForm(files, then) {
  const words = say().owner;
  const names = el("datalist", { id: `users-${forms += 1}` });
  const fill = async () => {
    if (!may("admin")) return; // others type the name
    const users = await getUsers().catch(() => []);
    names.replaceChildren(...users.filter(({ disabled_at: at }) => !at).map(({ name }) => el("option", { value: name })));
  };
  const input = el("input", {
    type: "text", maxlength: 100, required: true, autocomplete: "off", list: names.id, placeholder: words.to, "aria-label": words.to, on: { focus: fill },
  });
  /** @param {string} owner */
  const run = async (owner) => {
    if (await give(files(), owner, then)) input.value = "";
  };
  return el(
    "form", { class: "edit", data: { right: "correct" }, on: { submit: (event) => {
      event.preventDefault();
      if (input.value.trim()) run(input.value.trim());
    } } },
    input, names, el("button", { type: "submit", class: "quiet", text: words.give }),
    el("button", { type: "button", class: "quiet", text: words.to_everybody, on: { click: () => run("") } }),
  );
}

/**
 * @param {number[]} ids
 * @param {string} owner "" is everybody
 * @param {Then} then
 */
async function give(ids, owner, { given, back, keep }) {
  if (!ids.length) return false;
  const words = say().owner;
  try {
    const { files: number, owner: whose, before } = await giveFiles(ids, owner);
    const takeBack = () => giveBack(before, back);
    await given(whose);
    changed();
    toast(whose ? words.given(number, whose) : words.given_to_all(number), false, takeBack);
    keep?.(takeBack);
  } catch (error) {
    toastTrouble(shown(error));
    return false;
  }
  return true;
}

/**
 * @param {OwnedOut[]} before
 * @param {Then["back"]} back
 */
async function giveBack(before, back) {
  for (const { file_ids: ids, owner } of before) await giveFiles(ids, owner);
  await back?.();
  changed();
  toast(say().files.taken_back(before.reduce((sum, { file_ids: ids }) => sum + ids.length, 0)));
}
