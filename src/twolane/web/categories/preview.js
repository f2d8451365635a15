// @ts-check
// What a change of the categories would do, shown before it is done.

import { shown } from "../common/api.js";
import { box, button, byId, el, problem, toast } from "../common/dom.js";
import { nameOf } from "../common/categories.js";
import { shownName } from "../common/shipped.js";
import { told } from "../common/told.js";
import { differenceOf } from "../review/choices.js";
import { say } from "../common/say.js";

/** @import { TaxonomyPreviewOut } from "../common/schemas.js" */

const SHOWN = 50;
const dialog = byId("preview", HTMLDialogElement);
let doIt = async () => {};

/**
 * Show what a change would do, and do it once a person says so.
 *
 * @param {(apply: boolean) => Promise<TaxonomyPreviewOut>} run
 * @param {() => Promise<() => unknown>} done shows what has changed; what it returns is run once the dialog is gone
 * @param {HTMLElement} [control] what a person can say more of it, before and after it failed
 */
export async function preview(run, done, control) {
  box("preview-body").replaceChildren(control ?? "");
  box("preview-where").textContent = "";
  button("preview-do").hidden = true;
  if (!dialog.open) dialog.showModal();
  try {
    const found = await run(false);
    box("preview-where").textContent = told(found, "what");
    box("preview-body").replaceChildren(...shows(found), control ?? "");
    button("preview-do").hidden = false;
    button("preview-do").focus();
  } catch (error) {
    box("preview-body").replaceChildren(problem(shown(error)), control ?? "");
  }
  doIt = async () => {
    try {
      const changed = await run(true);
      const settle = await done(); // before the page can be used again: nothing is chosen out of what was
      dialog.close();
      toast(told(changed, "what"));
      settle();
    } catch (error) {
      box("preview-body").prepend(problem(shown(error)));
    }
  };
}

/** @param {TaxonomyPreviewOut} found */
function shows({ followed, refiled, staying, changes, looked_at: looked, titles }) {
  /** @param {string} id */
  const titleOf = (id) => shownName(titles[id] ?? nameOf(id));
  const words = say().categories;
  const lines = [
    ...followed.map(({ category, into, documents, people }) => words.go(documents, nameOf(category), titleOf(into), people)),
    refiled ? words.refiled(refiled) : "",
    staying ? words.staying(staying) : "",
  ].filter(Boolean);
  const nothing = lines.length ? null : el("p", { text: words.nothing_else });
  const rows = changes.slice(0, SHOWN).map((change) => {
    const { name, was, now, certain } = differenceOf(change, titleOf);
    return el(
      "tr", { title: told(change, "reason") }, el("td", { text: name }), el("td", { text: was }), el("td", { text: now }),
      el("td", { class: "number", text: certain }),
    );
  });
  const head = words.columns.map((text) => el("th", { scope: "col", text }));
  const table = el("table", {}, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
  return [
    ...lines.map((text) => el("p", { text })), nothing ?? "",
    ...(rows.length ? [el("p", { class: "aside", text: words.of_looked(looked) }), table] : []),
  ];
}

export function startPreview() {
  button("preview-do").addEventListener("click", () => doIt());
  button("preview-close").addEventListener("click", () => dialog.close());
}
