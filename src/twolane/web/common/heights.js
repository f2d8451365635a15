// @ts-check
// How tall the rows of a long list are: measured where they were shown, and as tall as the others elsewhere.

export class Heights {
  /** @type {Map<number, number>} */
  #measured = new Map();
  #usual;
  #total = 0;
  /** Where each row begins, and behind the last where the list ends; null once something has changed. @type {Float64Array | null} */
  #starts = null;

  /** @param {number} guess how tall a row is before any was measured */
  constructor(guess) {
    this.#usual = guess;
  }

  /** @param {number} total how many rows there are */
  resize(total) {
    this.#total = total;
    for (const index of [...this.#measured.keys()]) if (index >= total) this.#measured.delete(index);
    this.#average();
  }

  /**
   * Take the heights of rows that were measured together, and say whether one of them was not known.
   *
   * @param {[number, number][]} rows the index and the height of each: 0 where it is not shown, which says nothing
   */
  take(rows) {
    const isFirst = !this.#measured.size;
    const others = rows.filter(([index, height]) => height && !(Math.abs((this.#measured.get(index) ?? Infinity) - height) < 0.5));
    for (const [index, height] of others) this.#measured.set(index, height);
    if (!others.length) return false;
    this.#starts = null;
    if (isFirst) this.#average();
    return true;
  }

  /**
   * Return where a row begins, in pixels from the beginning of the list.
   *
   * @param {number} index the number of rows for where the list ends
   */
  before(index) {
    return this.#all()[Math.max(0, Math.min(index, this.#total))] ?? 0;
  }

  /**
   * Return the index of the row that is at so many pixels from the beginning of the list.
   *
   * @param {number} pixels
   */
  at(pixels) {
    const starts = this.#all();
    let low = 0;
    let high = Math.max(0, this.#total - 1);
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= pixels) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /**
   * Rows that were not shown yet are as tall as those that were are on average; taken anew only where the rows are
   * others, or all that comes into sight would move all that does not.
   */
  #average() {
    const known = [...this.#measured.values()];
    if (known.length) this.#usual = known.reduce((sum, height) => sum + height, 0) / known.length;
    this.#starts = null;
  }

  #all() {
    if (this.#starts) return this.#starts;
    const starts = new Float64Array(this.#total + 1);
    for (let index = 0; index < this.#total; index += 1) {
      starts[index + 1] = (starts[index] ?? 0) + (this.#measured.get(index) ?? this.#usual);
    }
    this.#starts = starts;
    return starts;
  }
}
