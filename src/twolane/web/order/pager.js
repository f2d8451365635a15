// @ts-check
// One page after another of a long list: only what is looked at is asked for.

import { el, problem, replace } from "../common/dom.js";
import { shown } from "../common/api.js";

export const PAGE_SIZE = 100;

/**
 * Return a place for a list, which shows its first page; `load` gives the content of the page from an offset on.
 *
 * @param {string} label
 * @param {number} total
 * @param {(offset: number) => Promise<Node[]>} load
 * @param {Node[]} [first] its first page, where that is here already
 */
export function paged(label, total, load, first) {
  const content = el("div", {});
  const range = el("span", { role: "status" });
  /** @type {(text: string, step: number) => HTMLButtonElement} */
  const turn = (text, step) => el("button", { type: "button", class: "quiet", text, on: { click: () => show(offset + step) } });
  const [earlier, later] = [turn("← Earlier", -PAGE_SIZE), turn("Later →", PAGE_SIZE)];
  const foot = el("div", { class: "pager", hidden: total <= PAGE_SIZE }, earlier, range, later);
  let offset = 0;

  /**
   * @param {number} at
   * @param {Node[]} [nodes]
   */
  async function show(at, nodes) {
    try {
      const found = nodes ?? await load(at);
      offset = at;
      replace(content, found);
      if (!nodes) content.parentElement?.scrollIntoView({ block: "nearest" });
    } catch (error) {
      content.replaceChildren(problem(shown(error)));
    }
    range.textContent = `${offset + 1} to ${Math.min(offset + PAGE_SIZE, total)} of ${total}`;
    earlier.disabled = offset === 0;
    later.disabled = offset + PAGE_SIZE >= total;
  }

  show(0, first);
  return { node: el("section", { class: "paged", "aria-label": label }, content, foot), again: () => show(offset) };
}
