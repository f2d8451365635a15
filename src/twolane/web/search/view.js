// @ts-check
// The search: what is typed, what narrows it, and what is found, all of it in the address.

import { isAbort, shown } from "../common/api.js";
import { loadCategories } from "../common/categories.js";
import { onChange } from "../common/changes.js";
import { box, el, problem, replace } from "../common/dom.js";
import { later } from "../common/later.js";
import { go, onPlace, place } from "../common/router.js";
import { SavedViews } from "../common/saved.js";
import { say } from "../common/say.js";
import { searchFiles } from "./calls.js";
import { SearchControls } from "./controls.js";
import { resultRow } from "./results.js";
import { STEP, everywhere, inAddress, narrowedBy, queryOf } from "../common/sought.js";

/** @import { FoundFileOut } from "../common/schemas.js" */
/** @import { Wanted } from "../common/sought.js" */

const TYPED_MS = 250;
const NOTHING = { total: 0, isCounted: true };
const OPENERS = ".result-name, .place";

class SearchView {
  /** @type {FoundFileOut[]} */
  #found = [];
  #asked = "";
  /** @type {AbortController | null} */
  #running = null;
  #text = el("input", {
    type: "search", id: "search-text", maxlength: 2000, autocomplete: "off", placeholder: say().search.placeholder, "aria-label": say().search.label,
    enterkeyhint: "search",
  });
  #count = el("p", { class: "search-count", role: "status" });
  #list = el("ul", { class: "results", "aria-label": say().search.found });
  #none = el("div", { class: "empty" });
  #more = el("button", { type: "button", class: "quiet search-next", text: say().search.more, hidden: true, on: { click: () => this.#next() } });
  #controls = new SearchControls("search", (change) => this.#want(change)).sorted();
  #saved = new SavedViews(
    "search", () => say().search, () => `?${inAddress(place().search)}`, () => place().search.q,
  );
  #typed = later(() => this.#want({ q: this.#text.value.trim() }, true), TYPED_MS);

  start() {
    const form = el("form", { class: "search-form", role: "search", on: { submit: (event) => {
      event.preventDefault();
      this.#want({ q: this.#text.value.trim() });
    } } }, this.#text, el("button", { type: "submit", class: "main", text: say().search.go }));
    box("search-body").append(form, this.#controls.node, this.#saved.node, this.#count, this.#list, this.#none, this.#more);
    this.#text.addEventListener("input", this.#typed);
    box("search-body").addEventListener("keydown", (event) => this.#pressed(event));
    document.addEventListener("keydown", (event) => this.#slash(event));
    onChange(() => {
      this.#asked = "";
      this.#follow();
    });
    onPlace(({ view }) => { if (view === "search") this.#follow(); });
  }

  /**
   * @param {Partial<Wanted>} change
   * @param {boolean} [replaced] while one types, back does not lead through every letter
   */
  #want(change, replaced = false) {
    const search = { ...place().search, ...change };
    // What was typed is taken a moment later, too: by then a file may be open, which is not to be closed again.
    if (JSON.stringify(search) === JSON.stringify(place().search)) return;
    go({ view: "search", search }, { replace: replaced });
  }

  #follow() {
    const { search } = place();
    if (this.#text.value.trim() !== search.q) this.#text.value = search.q;
    this.#controls.follow(search);
    const asked = JSON.stringify(search);
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#look(search, 0);
  }

  #next() {
    return this.#look(place().search, this.#found.length);
  }

  /**
   * @param {Wanted} search
   * @param {number} from
   */
  async #look(search, from) {
    this.#running?.abort();
    const { signal } = this.#running = new AbortController();
    if (!search.q) return this.#show([], NOTHING, [this.#hint()]);
    this.#list.setAttribute("aria-busy", "true");
    try {
      const [{ files, total, is_counted: isCounted }] = await Promise.all([searchFiles(queryOf(search, from), signal), loadCategories()]);
      if (signal.aborted) return;
      const all = from ? [...this.#found, ...files] : files;
      this.#show(all, { total, isCounted }, total ? [] : [await this.#nothing(search, signal)]);
      if (from && files.length) this.#openers(from)[0]?.focus();
    } catch (error) {
      if (!isAbort(error)) this.#show([], NOTHING, [problem(shown(error))]);
    }
    this.#list.removeAttribute("aria-busy");
  }

  /**
   * @param {FoundFileOut[]} found
   * @param {{ total: number, isCounted: boolean }} count
   * @param {Node[]} instead what stands where nothing was found
   */
  #show(found, { total, isCounted }, instead) {
    this.#found = found;
    replace(this.#list, found.map(resultRow));
    this.#list.hidden = !found.length;
    this.#none.replaceChildren(...instead);
    this.#none.hidden = !instead.length;
    this.#count.textContent = !place().search.q ? "" : (isCounted ? say().search.count : say().search.at_least)(total);
    this.#more.hidden = found.length >= total;
    this.#more.textContent = say().search.more_of(Math.min(STEP, total - found.length));
  }

  #hint() {
    return el("div", {}, el("h3", { text: say().search.title }), el("p", { text: say().search.hint }));
  }

  /**
   * Say what else can be tried where nothing was found.
   *
   * @param {Wanted} search
   * @param {AbortSignal} signal
   */
  async #nothing(search, signal) {
    const words = say().search;
    const wide = everywhere(search);
    const without = narrowedBy(search).length ? (await searchFiles(queryOf(wide, 0, 1), signal)).total : 0;
    return el(
      "div", {},
      el("h3", { text: words.nothing }),
      without > 0 && el("button", { type: "button", class: "main", text: words.without_filters(without), on: { click: () => this.#want(wide) } }),
      el("ul", { class: "tries" }, ...words.tries.map((text) => el("li", { text }))),
      el("button", { type: "button", class: "quiet", text: words.ask, on: { click: () => this.#ask(search.q) } }),
    );
  }

  /** @param {string} text */
  #ask(text) {
    go({ view: "ask", conversation: "" });
    const field = document.getElementById("question");
    if (!(field instanceof HTMLTextAreaElement)) return;
    field.value = text;
    field.focus();
  }

  /** @param {number} [from] of which file on */
  #openers(from = 0) {
    return [...this.#list.children].slice(from).flatMap((row) => [.../** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll(OPENERS))]);
  }

  /**
   * Let arrows lead from one to the next: they move the focus, and open nothing.
   *
   * @param {KeyboardEvent} event
   */
  #pressed(event) {
    const down = event.key === "ArrowDown";
    if ((!down && event.key !== "ArrowUp") || event.altKey || event.ctrlKey || event.metaKey) return;
    const focused = document.activeElement;
    const openers = this.#openers();
    const at = openers.findIndex((each) => each === focused);
    if (at < 0 && (focused !== this.#text || !down)) return;
    event.preventDefault();
    (openers[at + (down ? 1 : -1)] ?? (down ? openers.at(-1) : this.#text))?.focus();
  }

  /** @param {KeyboardEvent} event */
  #slash(event) {
    const isEmpty = event.target === this.#text && !this.#text.value; // it leads here, where one may be already
    const inField = !isEmpty && event.target instanceof Element && event.target.matches("input, textarea, select");
    if (event.key !== "/" || inField || place().view !== "search" || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    this.#text.focus();
    this.#text.select();
  }
}

export function startSearch() {
  new SearchView().start();
}
