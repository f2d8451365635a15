// @ts-check
// What speaks for other categories: groups of documents that fit nowhere, and categories that cannot be told apart.

import { checkTaxonomy, shown, suggestCategories } from "../common/api.js";
import { nameOf } from "../common/categories.js";
import { box, byId, el, problem } from "../common/dom.js";
import { count, percent } from "../common/format.js";

/** @import { ConfusedOut, SuggestionOut } from "../common/schemas.js" */
/** @import { Act } from "./acts.js" */
/** @typedef {(act: Act, sent: object) => unknown} Propose shows what a change would do */

/** @type {(what: string, why: string, button: Node) => Node} */
const item = (what, why, button) => el(
  "li", {}, el("span", { class: "who" }, el("strong", { text: what }), el("span", { class: "why", text: why })), button,
);

/**
 * @param {SuggestionOut} suggestion
 * @param {Propose} propose
 */
function lacking({ name, description, documents, words, files }, propose) {
  const why = `${count(documents, "one document", "documents")} like ${files.slice(0, 3).join(", ")}; ${words.slice(0, 6).join(", ")}`;
  return item(name, why, el("button", {
    type: "button", class: "quiet small", text: "Add…", "aria-label": `Add ${name}`, on: { click: () => propose("add", { name, description }) },
  }));
}

/**
 * @param {ConfusedOut} pair
 * @param {Propose} propose
 */
function confused({ one, other, why, share }, propose) {
  return item(`${nameOf(one)} and ${nameOf(other)}`, `${why} (${percent(share)})`, el("button", {
    type: "button", class: "quiet small", text: "Merge…", "aria-label": `Merge ${nameOf(other)} into ${nameOf(one)}`,
    on: { click: () => propose("merge", { into: one, others: [other] }) },
  }));
}

/**
 * Look for both once somebody wants to see them: over a large library this takes a while.
 *
 * @param {Propose} propose
 */
export function startAdvice(propose) {
  const details = byId("advice", HTMLDetailsElement);
  details.addEventListener("toggle", async () => {
    if (!details.open) return;
    box("advice-body").replaceChildren(el("p", { class: "aside", text: "Looking…" }));
    try {
      const [suggestions, pairs] = await Promise.all([suggestCategories(), checkTaxonomy()]);
      const rows = [...suggestions.map((each) => lacking(each, propose)), ...pairs.map((each) => confused(each, propose))];
      box("advice-body").replaceChildren(rows.length
        ? el("ul", { class: "senders" }, ...rows)
        : el("p", { class: "aside", text: "Nothing is lacking, and all that there are can be told apart." }));
    } catch (error) {
      box("advice-body").replaceChildren(problem(shown(error)));
    }
  });
}
