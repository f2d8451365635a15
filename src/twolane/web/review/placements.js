// @ts-check
// Files that a person has put into the folder of another category: whether they are to be filed so, asked once.

import { answerPlacement, getPlacements, shown, undo } from "../common/api.js";
import { loadCategories, nameOf } from "../common/categories.js";
import { changed } from "../common/changes.js";
import { box, el, problem, replace, toast, toastTrouble } from "../common/dom.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";

/** @import { PlacementOut } from "../common/schemas.js" */

export async function loadPlacements() {
  try {
    const [{ placements, total }] = await Promise.all([getPlacements(), loadCategories()]);
    const more = total - placements.length;
    replace(box("placements"), [
      ...placements.map(question), ...(more > 0 ? [el("p", { class: "aside", text: say().review.and_more(more) })] : []),
    ]);
  } catch (error) {
    box("placements").replaceChildren(problem(shown(error)));
  }
}

/** @param {PlacementOut} placement */
function question(placement) {
  const { file_id: id, name, path, folder, category, filed_as: was } = placement;
  const words = say().review.placement;
  const [before, between, behind] = words.question(nameOf(category));
  /** @type {(text: string, label: string, accept: boolean) => Node} */
  const answering = (text, label, accept) => el("button", {
    type: "button", class: accept ? "main" : "quiet", text, "aria-label": `${label}: ${name}`, on: { click: () => answer(placement, accept) },
  });
  return el(
    "div", { class: "notice placement", role: "group", "aria-label": words.where(name) },
    el(
      "p", {}, before,
      el("button", { type: "button", class: "link", title: path, on: { click: () => openFile(id) } }, el("bdi", { text: name })),
      between, el("bdi", { text: folder }), behind,
    ),
    answering(words.yes, words.yes_long(nameOf(category)), true),
    answering(was ? words.no_it_is(nameOf(was)) : words.no, words.no_long, false),
  );
}

/**
 * @param {PlacementOut} placement
 * @param {boolean} accept
 */
async function answer({ file_id: id, name, category }, accept) {
  try {
    await answerPlacement(id, accept);
    if (!accept) toast(say().review.placement.stays(name));
    else toast(`${name}: ${nameOf(category)}`, false, () => undo(id).then(changed));
    changed();
  } catch (error) {
    toastTrouble(shown(error));
  }
  await loadPlacements();
}
