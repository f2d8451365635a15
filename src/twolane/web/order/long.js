// @ts-check
// A long list of a plan: what comes into sight is fetched, and of all the rest the place is kept.

import { shown } from "../common/api.js";
import { el, problem } from "../common/dom.js";
import { later } from "../common/later.js";
import { Pieces } from "../common/pieces.js";
import { VirtualList } from "../common/virtual.js";

const ROW_PX = 32;

/**
 * @template T
 * @typedef {object} LongOptions
 * @property {string} label
 * @property {string} name the class of the list
 * @property {(item: T) => HTMLElement} row
 * @property {(item: T) => string | number} keyOf
 * @property {(offset: number, limit: number, signal: AbortSignal) => Promise<{ items: T[], total: number }>} fetch
 * @property {number} [restMs] how long what is seen has to stay the same before it is fetched, where that costs the server much
 */

/** @template T */
export class LongList {
  #into;
  #options;
  #pieces;
  /** @type {VirtualList<T> | null} */
  #list = null;
  /** What of it is in sight. */
  #from = 0;
  #to = 0;
  #needSoon;

  /** @param {LongOptions<T>} options */
  constructor(options) {
    this.#options = options;
    this.#into = el("ul", { class: options.name, "aria-label": options.label });
    this.#pieces = new Pieces(options.fetch, (items, total) => this.#list?.show(items, total), (error) => {
      this.#into.replaceChildren(el("li", {}, problem(shown(error))));
    });
    this.#needSoon = later(() => this.#need(), options.restMs ?? 0);
  }

  get node() {
    return this.#into;
  }

  /** Fetch its beginning, or anew what is seen of it; called once its node is on the page. */
  async show() {
    if (this.#list) {
      await this.#pieces.reload();
      return;
    }
    const { row, keyOf, restMs } = this.#options;
    this.#list = new VirtualList({
      into: this.#into, keyOf, rowHeight: ROW_PX, row: (item) => (item ? row(item) : el("li", { class: "coming", "aria-busy": "true", text: "…" })),
      missing: (from, to) => {
        [this.#from, this.#to] = [from, to];
        if (restMs) this.#needSoon();
        else this.#need();
      },
    });
    await this.#pieces.need(0, 1);
  }

  /** Let go of the page: it is shown no more. */
  end() {
    this.#pieces.forget();
    this.#list?.end();
    this.#list = null;
  }

  #need() {
    if (this.#list) this.#pieces.need(this.#from, this.#to);
  }
}
