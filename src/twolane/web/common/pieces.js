// @ts-check
// A long list that is fetched in pieces, as they come into sight.

import { isAbort } from "./api.js";

/**
 * @template T
 * @typedef {object} Piece
 * @property {T[]} items
 * @property {number} total how many there are in all
 */

const SIZE = 100;

/** @template T */
export class Pieces {
  #fetch;
  #shown;
  #failed;
  /** @type {(T | undefined)[]} */
  #items = [];
  #total = 0;
  /** @type {Map<number, AbortController>} the pieces that are here or on their way */
  #asked = new Map();
  #last = 0;

  /**
   * @param {(offset: number, limit: number, signal: AbortSignal) => Promise<Piece<T>>} fetch
   * @param {(items: (T | undefined)[], total: number) => unknown} shown told of every piece that comes
   * @param {(error: unknown) => unknown} failed told of what went wrong, but of nothing that is wanted no more
   */
  constructor(fetch, shown, failed) {
    this.#fetch = fetch;
    this.#shown = shown;
    this.#failed = failed;
  }

  /**
   * Fetch the pieces that hold the items from one index to before another, where they are not here yet.
   *
   * @param {number} from
   * @param {number} to
   */
  async need(from, to) {
    this.#last = Math.floor(from / SIZE);
    const wanted = [];
    for (let piece = this.#last; piece * SIZE < to; piece += 1) if (!this.#asked.has(piece)) wanted.push(this.#take(piece));
    await Promise.all(wanted);
  }

  /**
   * Fetch anew: what is shown stays until what is there now has come.
   *
   * @param {boolean} [others] whether it is another list now, which is seen from its beginning
   */
  async reload(others = false) {
    const piece = others ? 0 : this.#last;
    this.forget();
    await this.#take(piece, true);
  }

  /** Let nothing that is on its way come any more, and all be fetched that is needed next. */
  forget() {
    for (const asked of this.#asked.values()) asked.abort();
    this.#asked.clear();
  }

  /**
   * Something was added or taken out: where all the others stand now is not known.
   *
   * @param {number} piece
   * @param {AbortController} asked
   */
  #others(piece, asked) {
    this.#items = [];
    this.#asked.delete(piece);
    this.forget();
    this.#asked.set(piece, asked);
  }

  /**
   * @param {number} piece
   * @param {boolean} [anew] whether nothing else is known any more
   */
  async #take(piece, anew = false) {
    const asked = new AbortController();
    this.#asked.set(piece, asked);
    try {
      const { items, total } = await this.#fetch(piece * SIZE, SIZE, asked.signal);
      if (asked.signal.aborted) return;
      if (anew) this.#items = [];
      else if (total !== this.#total) this.#others(piece, asked);
      if (!items.length && piece && total) {
        await this.reload(true); // the list has become shorter than that
        return;
      }
      items.forEach((item, at) => { this.#items[piece * SIZE + at] = item; });
      this.#total = total;
      this.#shown(this.#items, total);
    } catch (error) {
      if (isAbort(error)) return;
      this.#asked.delete(piece);
      this.#failed(error);
    }
  }
}
