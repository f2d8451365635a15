// @ts-check
// What stands where no word has come yet: what is done meanwhile, the place in line, and for how long.

import { el } from "../common/dom.js";
import { elapsed } from "../common/format.js";
import { ended, waiting } from "./answer.js";

/** @import { Answer } from "./answer.js" */

const SECOND_MS = 1000;

export class Wait {
  #began = Date.now();
  // Each second would be read out.
  #elapsed = el("span", { class: "elapsed number", "aria-hidden": "true" });
  #what = el("span", { class: "what" });
  #timer = setInterval(() => { this.#tick(); }, SECOND_MS);

  node = el("p", { class: "wait" }, this.#what, " ", this.#elapsed);

  /** @param {Answer} answer */
  show(answer) {
    const what = waiting(answer);
    if (this.#what.textContent !== what) this.#what.textContent = what;
    if ((!answer.text || answer.extracts) && !ended(answer)) return;
    clearInterval(this.#timer);
    this.node.remove();
  }

  #tick() {
    this.#elapsed.textContent = elapsed((Date.now() - this.#began) / SECOND_MS);
  }
}
