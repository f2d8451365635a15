// @ts-check
// Deleting with a way back: what is deleted goes from the page at once, and from the server once nobody took it back.

import { deleteConversation, shown } from "../common/api.js";
import { toast, toastTrouble } from "../common/dom.js";

const BACK_MS = 9000; // as long as the toast that offers the way back

export class Deleting {
  /** @type {Map<string, ReturnType<typeof setTimeout>>} */
  #waiting = new Map();
  #changed;

  /** @param {() => unknown} changed run where something was deleted for good, or brought back */
  constructor(changed) {
    this.#changed = changed;
    // Whoever leaves has not taken it back.
    addEventListener("pagehide", () => { for (const id of [...this.#waiting.keys()]) this.#end(id); });
  }

  /** @param {string} id */
  has(id) {
    return this.#waiting.has(id);
  }

  /**
   * @param {string} id
   * @param {string} text what is said of it
   * @param {() => void} back run where it was taken back
   */
  add(id, text, back) {
    this.#waiting.set(id, setTimeout(() => this.#end(id), BACK_MS));
    toast(text, false, async () => {
      clearTimeout(this.#waiting.get(id));
      this.#waiting.delete(id);
      await this.#changed();
      back();
    });
  }

  /** @param {string} id */
  async #end(id) {
    clearTimeout(this.#waiting.get(id));
    try {
      await deleteConversation(id);
    } catch (error) {
      toastTrouble(shown(error));
    }
    this.#waiting.delete(id);
    this.#changed();
  }
}
