// @ts-check
// What is done with all files that are chosen: each act goes through them one by one, and one Undo takes all of it back.

import { addTag, correct, removeTag, shown, undo } from "../common/api.js";
import { categories, loadCategories, nameOf } from "../common/categories.js";
import { changed, onChange } from "../common/changes.js";
import { el, toast } from "../common/dom.js";
import { say } from "../common/say.js";
import { againButton } from "../panel/again.js";

/** @import { Problem } from "../common/api.js" */
/** @import { FileOut } from "../common/schemas.js" */
/**
 * @typedef {object} Act
 * @property {(file: FileOut) => Promise<unknown>} run
 * @property {(file: FileOut) => Promise<unknown>} back takes it back
 * @property {(number: number) => string} done what is said of so many files
 */
/** @typedef {(undo: () => Promise<unknown>) => void} Keep keeps how the last change is taken back */

/**
 * Return the controls; nothing is done before their button is pressed.
 *
 * @param {() => FileOut[]} files which ones
 * @param {(text: string) => void} tell says how far it is
 * @param {() => void} after run once it is over
 * @param {Keep} keep
 */
export function bulkControls(files, tell, after, keep) {
  /** @param {Act} act */
  const all = (act) => through(files(), act, tell, keep).finally(after);
  return [categoryForm(all), tagForm(all), againButton(files)];
}

/** @param {(act: Act) => Promise<void>} all */
function categoryForm(all) {
  const words = say().files;
  const select = el("select", { "aria-label": words.category });
  const fill = () => {
    const chosen = select.value;
    select.replaceChildren(
      el("option", { value: "", text: words.category_for_all }),
      ...categories().map(({ id, name }) => el("option", { value: id, text: name })),
    );
    select.value = chosen;
  };
  loadCategories().then(fill, () => {});
  onChange(() => { loadCategories().then(fill, () => {}); });
  return form(select, words.file_so, () => {
    const category = select.value;
    return category ? all({
      run: (file) => correct(file.file_id, category, file.document),
      back: (file) => undo(file.file_id),
      done: (number) => words.filed_in(number, nameOf(category)),
    }) : null;
  });
}

/** @param {(act: Act) => Promise<void>} all */
function tagForm(all) {
  const words = say().files;
  const input = el("input", {
    type: "text", maxlength: 100, placeholder: words.tag_for_all, "aria-label": words.tag_for_all, autocomplete: "off", list: "known-tags",
  });
  return form(input, words.tag_them, () => {
    const tag = input.value.trim();
    input.value = "";
    return tag ? all({
      run: (file) => (file.tags.includes(tag) ? Promise.resolve() : addTag(file.file_id, tag)),
      back: (file) => (file.tags.includes(tag) ? Promise.resolve() : removeTag(file.file_id, tag)),
      done: (number) => words.tagged(number, tag),
    }) : null;
  });
}

/**
 * @param {HTMLElement} control
 * @param {string} text
 * @param {() => Promise<void> | null} run
 */
const form = (control, text, run) => el(
  "form", { class: "edit", on: { submit: (event) => { event.preventDefault(); run(); } } },
  control, el("button", { type: "submit", class: "quiet", text }),
);

/**
 * @param {FileOut[]} files
 * @param {Act} act
 * @param {(text: string) => void} tell
 * @param {Keep} keep
 */
async function through(files, act, tell, keep) {
  const { done, failed } = await each(files, act.run, tell);
  const text = [act.done(done.length), failed && say().files.stopped(failed.message)].filter(Boolean).join(" → ");
  changed();
  const takeBack = async () => {
    const back = await each(done.toReversed(), act.back, tell);
    changed();
    if (back.failed) throw back.failed;
    toast(say().files.taken_back(back.done.length));
  };
  toast(text, failed !== null, done.length ? takeBack : undefined);
  if (done.length) keep(takeBack);
}

/**
 * Do something with one file after the other, until one fails.
 *
 * @param {FileOut[]} files
 * @param {(file: FileOut) => Promise<unknown>} run
 * @param {(text: string) => void} tell
 */
async function each(files, run, tell) {
  /** @type {FileOut[]} */
  const done = [];
  /** @type {Problem | null} */
  let failed = null;
  for (const file of files) {
    tell(say().files.how_far(done.length, files.length));
    try {
      await run(file);
    } catch (error) {
      failed = shown(error);
      break;
    }
    done.push(file);
  }
  return { done, failed };
}
