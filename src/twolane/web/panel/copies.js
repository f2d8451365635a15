// @ts-check
// The files that are the same paper as the one on the panel, the newest marked, and a person's word on each.

import { decideCopy, getCopies, shown, undoCopy } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, problem, toast, toastTrouble } from "../common/dom.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { othersOf } from "./values.js";

/** @import { CopyOut, FileHistoryOut } from "../common/schemas.js" */
/** @import { Again } from "./fields.js" */

/**
 * Return a place for the copies of a file, which fills itself; null where it has none.
 *
 * @param {FileHistoryOut} file
 * @param {Again} again
 */
export function copySection(file, again) {
  if (!file.copies) return null;
  const section = el("section", { class: "copied", "aria-label": say().panel.copies });
  getCopies(file.file_id).then(
    ({ files }) => section.replaceChildren(...list(file, files, again)),
    (error) => section.replaceChildren(problem(shown(error))),
  );
  return section;
}

/**
 * @param {FileHistoryOut} file
 * @param {CopyOut[]} files
 * @param {Again} again
 */
function list(file, files, again) {
  const { others, isNewest } = othersOf(files, file.file_id);
  if (!others.length) return [];
  const rows = others.map(({ copy, about }) => el(
    "li", {},
    el("span", { class: "value" }, el("button", {
      type: "button", class: "link", text: copy.file.name, title: copy.file.path,
      on: { click: () => openFile(copy.file.file_id, { page: null }) },
    }), copy.newest && el("span", { class: "badge filed", text: say().panel.newest })),
    el("button", {
      type: "button", class: "quiet small", data: { right: "correct" }, text: say().panel.another_paper, "aria-label": say().panel.is_another(copy.file.name),
      on: { click: () => part(file, copy, again) },
    }),
    el("span", { class: "about", text: about }),
  ));
  return [
    el("h3", { text: isNewest ? say().panel.also_newest : say().panel.also }),
    el("ul", {}, ...rows),
  ];
}

/**
 * @param {FileHistoryOut} file
 * @param {CopyOut} copy
 * @param {Again} again
 */
async function part(file, copy, again) {
  const other = copy.file.file_id;
  try {
    await decideCopy(file.file_id, other, false);
  } catch (error) {
    toastTrouble(shown(error));
    return;
  }
  toast(say().panel.is_another(copy.file.name), false, async () => {
    await undoCopy(file.file_id, other);
    changed();
    await again(".copied button");
  });
  changed();
  await again(".copied button");
}
