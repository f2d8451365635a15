// @ts-check
// One page after another of a long list: only what is looked at is asked for.

import { el, problem, replace } from "../common/dom.js";
import { shown } from "../common/api.js";
import { say } from "../common/say.js";

export const PAGE_SIZE = 100;

/**
 * Return a list that shows one page; `load` gives the content of the page from an offset on.
 *
 * @param {string} label
 * @param {number} total
 * @param {(offset: number) => Promise<Node[]>} load
 * @param {Node[]} first the page that is shown first
 * @param {number} [offset] of that page
 */
export function paged(label, total, load, first, offset = 0) {
  const content = el("div", {});
  const range = el("span", { role: "status" });
  /** @type {(text: string, step: number) => HTMLButtonElement} */
  const turn = (text, step) => el("button", { type: "button", class: "quiet", text, on: { click: () => show(offset + step) } });
  const [earlier, later] = [turn(say().order.earlier, -PAGE_SIZE), turn(say().order.later, PAGE_SIZE)];
  const foot = el("div", { class: "pager", hidden: total <= PAGE_SIZE }, earlier, range, later);

  /** @param {number} at */
  async function show(at) {
    try {
      replace(content, await load(at));
      offset = at;
      content.scrollIntoView({ block: "start" });
    } catch (error) {
      content.replaceChildren(problem(shown(error)));
    }
    tell();
  }

  function tell() {
    range.textContent = say().order.range(offset + 1, Math.min(offset + PAGE_SIZE, total), total);
    const pressed = document.activeElement;
    earlier.disabled = offset === 0;
    later.disabled = offset + PAGE_SIZE >= total;
    if (pressed === earlier && earlier.disabled) later.focus(); // what is disabled would drop the focus
    if (pressed === later && later.disabled) earlier.focus();
  }

  content.append(...first);
  tell();
  return el("section", { class: "paged", "aria-label": label }, content, foot);
}
