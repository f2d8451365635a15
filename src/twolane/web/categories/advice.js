// @ts-check
// What speaks for other categories: groups of documents that fit nowhere, and categories that cannot be told apart.

import { checkTaxonomy, shown, suggestCategories } from "../common/api.js";
import { nameOf } from "../common/categories.js";
import { box, byId, el, problem } from "../common/dom.js";
import { percent } from "../common/format.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";

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
  const why = say().categories.like(
    say().common.documents(documents), files.slice(0, 3).join(", "), words.slice(0, 6).join(", "),
  );
  return item(name, why, el("button", {
    type: "button", class: "quiet small", text: say().categories.add_more, "aria-label": say().categories.add_one(name), on: { click: () => propose("add", { name, description }) },
  }));
}

/**
 * @param {ConfusedOut} pair
 * @param {Propose} propose
 */
function confused(pair, propose) {
  const { one, other, share } = pair;
  return item(say().categories.pair(nameOf(one), nameOf(other)), `${told(pair, "why")} (${percent(share)})`, el("button", {
    type: "button", class: "quiet small", text: say().categories.merge_more, "aria-label": say().categories.merge_one(nameOf(other), nameOf(one)),
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
    box("advice-body").replaceChildren(el("p", { class: "aside", text: say().categories.looking }));
    try {
      const [suggestions, pairs] = await Promise.all([suggestCategories(), checkTaxonomy()]);
      const rows = [...suggestions.map((each) => lacking(each, propose)), ...pairs.map((each) => confused(each, propose))];
      box("advice-body").replaceChildren(rows.length
        ? el("ul", { class: "senders" }, ...rows)
        : el("p", { class: "aside", text: say().categories.all_well }));
    } catch (error) {
      box("advice-body").replaceChildren(problem(shown(error)));
    }
  });
}
