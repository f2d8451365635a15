// @ts-check
// What was read out of a question and narrows its files: each can be taken away, which asks again without it.

import { el } from "../common/dom.js";
import { say } from "../common/say.js";

/** @import { AskedFilterOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */

/** The event that asks again without a filter; its detail is the filter as the API takes it away. */
export const WITHOUT = "twolane:without";

/** @param {AskedFilterOut} filter */
export const keyOf = ({ kind, value }) => `${kind}:${value}`;

/** @param {AskedFilterOut} filter */
export const inWords = ({ kind, label }) => `${/** @type {Record<string, string>} */ (say().ask.kinds)[kind] ?? kind}: ${label}`;

/**
 * @param {Answer} answer
 * @returns {Node[]}
 */
export function filterChips({ filters }) {
  if (!filters.length) return [];
  return [el("ul", { class: "asked-filters", "aria-label": say().ask.only_these }, ...filters.map(chip))];
}

/** @param {AskedFilterOut} filter */
function chip(filter) {
  const words = inWords(filter);
  const detail = keyOf(filter);
  const cross = el("button", {
    type: "button", text: "×", "aria-label": say().ask.without(words), data: { key: detail },
    on: { click: () => cross.dispatchEvent(new CustomEvent(WITHOUT, { bubbles: true, detail })) },
  });
  return el("li", { class: "tag", title: filter.words ? say().ask.read_from(filter.words) : null }, el("span", { text: words }), cross);
}
