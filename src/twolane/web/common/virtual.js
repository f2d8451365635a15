// @ts-check
// Long lists: only the rows that can be seen are on the page, however many there are.

import { Heights } from "./heights.js";

/**
 * @template T
 * @typedef {object} ListOptions
 * @property {HTMLElement} into holds the rows: the tbody of a table, or an ul
 * @property {(item: T | undefined, index: number) => HTMLElement} row builds one; without an item where it is not here yet
 * @property {(item: T) => string | number} keyOf what is the same row after a change
 * @property {number} rowHeight about how tall one is, in pixels; each is measured once it is shown
 * @property {(from: number, to: number) => unknown} [missing] fetches the items from one index to before another; `show` then
 * @property {string} [keep] a name under which the place is kept until the window is closed, so that a reload leads there again
 */
/** @typedef {{ index: number, offset: number }} Position which row is at the top of what is seen, and how far it is above it */
/**
 * @template T
 * @typedef {{ index: number, item: T | undefined, control: HTMLElement }} Focus what of the list has the focus
 */

const AROUND = 6; // rows that are built above and below what is seen, so that Tab and a slow frame find the next ones
/** Where keys mean something else. */
const TYPED_INTO = "input:not([type='checkbox']), select, textarea, [contenteditable]";
const FOCUSABLE = "a[href], button:not(:disabled), input, select, textarea, [tabindex='0']";

/**
 * A list whose rows are built as they come into sight: arrow keys lead from a control to the same one of another row.
 *
 * @template T
 */
export class VirtualList {
  #options;
  #heights;
  /** @type {ArrayLike<T | undefined>} */
  #items = [];
  #total = 0;
  /** @type {Map<number, HTMLElement>} the rows that are on the page, by index */
  #rows = new Map();
  /** @type {WeakMap<HTMLElement, T | undefined>} what each row was built of */
  #built = new WeakMap();
  /** @type {Map<string | number, HTMLElement>} rows of what was shown before, by the key of their items */
  #before = new Map();
  #isTable;
  #frame = 0;
  /** @type {Position | null} */
  #wanted;
  /** What gets the focus once it is here. @type {{ index: number, what: string } | null} */
  #due = null;
  #ended = new AbortController();

  /** @param {ListOptions<T>} options */
  constructor(options) {
    this.#options = options;
    this.#heights = new Heights(options.rowHeight);
    this.#isTable = options.into.localName === "tbody";
    this.#wanted = options.keep ? kept(options.keep) : null;
    options.into.style.setProperty("overflow-anchor", "none"); // what is seen is kept in its place here
    // Whatever scrolls, the list's own box or the window, is heard here.
    const { signal } = this.#ended;
    document.addEventListener("scroll", () => this.#soon(), { capture: true, passive: true, signal });
    const sizes = new ResizeObserver(() => this.#soon());
    sizes.observe(this.#scroller());
    signal.addEventListener("abort", () => sizes.disconnect());
    options.into.addEventListener("keydown", (event) => this.#pressed(event));
    options.into.addEventListener("focusout", () => this.#soon());
  }

  /** How many rows there are, on the page or not. */
  get length() {
    return this.#total;
  }

  /**
   * Show these items; rows of what has not changed stay as they are, and so does what is seen and what has the focus.
   *
   * @param {ArrayLike<T | undefined>} items those that are here; others are `undefined`, or beyond the end
   * @param {number} [total] how many there are in all
   */
  show(items, total = items.length) {
    const place = this.position();
    const top = place && this.#built.get(this.#rows.get(place.index) ?? this.#options.into);
    const focus = this.#focus();
    this.#before = new Map();
    for (const row of this.#rows.values()) {
      const item = this.#built.get(row);
      if (item) this.#before.set(this.#options.keyOf(item), row);
    }
    this.#rows.clear();
    this.#items = items;
    this.#total = total;
    this.#heights.resize(total);
    const again = this.#wanted ?? (place && { ...place, index: this.#indexOf(top, place.index) });
    this.#draw(focus && this.#indexOf(focus.item, focus.index));
    if (again?.index && total) this.goTo(again);
    if (total) this.#wanted = null;
    this.#before.clear();
    if (focus && !focus.control.isConnected && total) this.focus(this.#indexOf(focus.item, focus.index), sameAs(focus.control));
    const due = this.#due;
    if (due && this.#rows.has(due.index) && this.#items[due.index]) {
      this.#due = null;
      if (document.activeElement === document.body) this.focus(due.index, due.what); // nobody has gone elsewhere meanwhile
    }
  }

  /** Hear of the page no more: the list is shown no more. */
  end() {
    this.#ended.abort();
  }

  /** Build the rows that are shown anew: what they show of something else has changed. */
  refresh() {
    const focus = this.#focus();
    this.#rows.clear();
    this.#draw(focus?.index);
    if (focus) this.focus(focus.index, sameAs(focus.control));
  }

  /** Return what is at the top of what is seen; null before anything is. */
  position() {
    if (!this.#total || !this.#options.into.isConnected) return null;
    const { top } = this.#seen();
    const index = this.#heights.at(top);
    return { index, offset: top - this.#heights.before(index) };
  }

  /** @param {Position} position */
  goTo({ index, offset }) {
    for (const time of [1, 2]) { // what is there is measured at first, and may be of another height
      const to = this.#heights.before(Math.min(index, this.#total - 1)) + offset;
      this.#scrollBy(to - this.#seen().top);
      this.#draw(null, time > 1);
    }
  }

  /**
   * Bring a row into sight and give the focus to what is in it, once that is here.
   *
   * @param {number} index
   * @param {string} [what] a selector of what gets the focus; the first that can have it otherwise
   */
  focus(index, what = FOCUSABLE) {
    const wanted = Math.max(0, Math.min(index, this.#total - 1));
    if (!this.#rows.has(wanted)) this.goTo({ index: wanted, offset: 0 });
    const row = this.#rows.get(wanted);
    row?.scrollIntoView({ block: "nearest" });
    const found = row?.querySelector(what) ?? row?.querySelector(FOCUSABLE);
    if (found instanceof HTMLElement) found.focus({ preventScroll: true });
    this.#due = found || this.#items[wanted] ? null : { index: wanted, what };
    this.#soon();
  }

  /** @returns {HTMLElement} what scrolls: a box of its own, or the window */
  #scroller() {
    for (let node = this.#options.into.parentElement; node && node !== document.body; node = node.parentElement) {
      if (/auto|scroll/.test(getComputedStyle(node).overflowY)) return node;
    }
    return document.documentElement;
  }

  /** What is seen of the list, in pixels from its beginning. */
  #seen() {
    const own = this.#scroller();
    const box = own === document.documentElement ? { top: 0, bottom: innerHeight } : own.getBoundingClientRect();
    const start = this.#options.into.getBoundingClientRect().top;
    const top = Math.max(0, Math.max(0, box.top) - start);
    return { top, bottom: Math.max(top, Math.min(innerHeight, box.bottom) - start) };
  }

  /** @param {number} pixels */
  #scrollBy(pixels) {
    if (Math.abs(pixels) >= 1) this.#scroller().scrollBy({ top: pixels, behavior: "instant" });
  }

  #soon() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      const { into, keep } = this.#options;
      if (!into.isConnected || into.closest("[hidden]")) return;
      this.#draw();
      if (keep) keepPlace(keep, this.position());
    });
  }

  /**
   * Put those rows on the page that can be seen, and the one with the focus.
   *
   * @param {number | null} [focused] its index where it is another one than before
   * @param {boolean} [isSteady] whether what is seen stays in its place where rows above it are of other heights than thought
   */
  #draw(focused = this.#focus()?.index, isSteady = true) {
    const { top, bottom } = this.#seen();
    const from = Math.max(0, this.#heights.at(top) - AROUND);
    const to = this.#total ? Math.min(this.#total, this.#heights.at(bottom) + 1 + AROUND) : 0;
    const wanted = new Set(typeof focused === "number" && focused < this.#total ? [focused] : []);
    for (let index = from; index < to; index += 1) wanted.add(index);
    const anchor = isSteady ? this.#rows.get(this.#heights.at(top)) : undefined;
    const was = anchor?.getBoundingClientRect().top ?? 0;
    for (const index of this.#rows.keys()) if (!wanted.has(index)) this.#rows.delete(index);
    const indices = [...wanted].sort((one, other) => one - other);
    this.#place(indices);
    if (this.#measure()) this.#place(indices);
    if (anchor?.isConnected) this.#scrollBy(anchor.getBoundingClientRect().top - was);
    this.#fetch(from, to);
  }

  /** @param {number[]} indices */
  #place(indices) {
    /** @type {HTMLElement[]} */
    const nodes = [];
    let next = 0;
    for (const index of [...indices, this.#total]) {
      if (index > next) nodes.push(this.#spacer(this.#heights.before(index) - this.#heights.before(next)));
      if (index < this.#total) nodes.push(this.#row(index));
      next = index + 1;
    }
    settle(this.#options.into, nodes);
  }

  /** @param {number} index */
  #row(index) {
    const item = this.#items[index];
    const known = this.#rows.get(index) ?? (item && this.#before.get(this.#options.keyOf(item)));
    const row = known && isSame(this.#built.get(known), item) ? known : this.#options.row(item, index);
    this.#rows.set(index, row);
    this.#built.set(row, item);
    if (row.dataset["index"] !== `${index}/${this.#total}`) this.#number(row, index);
    return row;
  }

  /**
   * @param {HTMLElement} row
   * @param {number} index
   */
  #number(row, index) {
    row.dataset["index"] = `${index}/${this.#total}`;
    if (!this.#isTable) {
      row.setAttribute("aria-posinset", String(index + 1));
      row.setAttribute("aria-setsize", String(this.#total));
      return;
    }
    const table = this.#options.into.closest("table");
    const heads = table?.tHead?.rows.length ?? 0;
    row.setAttribute("aria-rowindex", String(index + 1 + heads));
    table?.setAttribute("aria-rowcount", String(this.#total + heads));
  }

  /** @param {number} height */
  #spacer(height) {
    const spacer = document.createElement(this.#isTable ? "tr" : "li");
    spacer.className = "spacer";
    spacer.setAttribute("aria-hidden", "true");
    spacer.style.height = `${height}px`;
    return spacer;
  }

  /** Take the heights of the rows that are shown, and say whether one is not as was thought. */
  #measure() {
    return this.#heights.take([...this.#rows].map(([index, row]) => [index, row.getBoundingClientRect().height]));
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  #fetch(from, to) {
    let first = from;
    while (first < to && this.#items[first] !== undefined) first += 1;
    let last = to;
    while (last > first && this.#items[last - 1] !== undefined) last -= 1;
    if (last > first) this.#options.missing?.(first, last);
  }

  /** @returns {Focus<T> | null} */
  #focus() {
    const control = document.activeElement;
    const row = control?.closest("[data-index]");
    if (!(control instanceof HTMLElement) || !(row instanceof HTMLElement) || !this.#options.into.contains(row)) return null;
    return { control, index: Number.parseInt(row.dataset["index"] ?? "", 10), item: this.#built.get(row) };
  }

  /**
   * Return where an item is now, looked for around where it was; what is gone has the next one in its place.
   *
   * @param {T | undefined | null} item
   * @param {number} near
   */
  #indexOf(item, near) {
    const last = Math.max(0, this.#total - 1);
    if (!item) return Math.min(near, last);
    const { keyOf } = this.#options;
    const key = keyOf(item);
    for (let away = 0; away <= last; away += 1) {
      for (const index of [near + away, near - away]) {
        const other = this.#items[index];
        if (other && keyOf(other) === key) return index;
      }
    }
    return Math.min(near, last);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const focus = this.#focus();
    if (!focus || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (focus.control.matches(TYPED_INTO)) return;
    const { top, bottom } = this.#seen();
    const page = Math.max(1, this.#heights.at(bottom) - this.#heights.at(top) - 1);
    const { index } = focus;
    /** @type {Record<string, number>} */
    const steps = { ArrowDown: index + 1, ArrowUp: index - 1, PageDown: index + page, PageUp: index - page, Home: 0, End: this.#total - 1 };
    const next = steps[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.focus(next, sameAs(focus.control));
  }
}

/**
 * Return a selector of what stands in every row where this does.
 *
 * @param {HTMLElement} control
 */
function sameAs(control) {
  const [name] = control.classList;
  return control.dataset["key"] ? `[data-key="${CSS.escape(control.dataset["key"])}"]` : control.localName + (name ? `.${CSS.escape(name)}` : "");
}

/** @type {(one: unknown, other: unknown) => boolean} */
const isSame = (one, other) => one === other || JSON.stringify(one) === JSON.stringify(other);

/**
 * Put these nodes into another, without touching those that stand there already: what is moved loses the focus.
 *
 * @param {HTMLElement} into
 * @param {HTMLElement[]} nodes
 */
function settle(into, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...into.children]) if (node instanceof HTMLElement && !wanted.has(node)) node.remove();
  nodes.forEach((node, at) => {
    if (into.children[at] !== node) into.insertBefore(node, into.children[at] ?? null);
  });
}

/** @param {string} name */
function kept(name) {
  const found = JSON.parse(sessionStorage.getItem(`twolane.place.${name}`) ?? "null");
  return found && Number.isInteger(found.index) && Number.isFinite(found.offset) ? /** @type {Position} */ (found) : null;
}

/**
 * @param {string} name
 * @param {Position | null} position
 */
function keepPlace(name, position) {
  if (position) sessionStorage.setItem(`twolane.place.${name}`, JSON.stringify(position));
}
