// @ts-check
// What narrows and sorts a search: controls that follow the address and change it, and chips that take away again.

import { loadCategories, nameOf } from "../common/categories.js";
import { el, replace } from "../common/dom.js";
import { languageName } from "../common/format.js";
import { say } from "../common/say.js";
import { correspondentBy, correspondentName, loadSenders } from "../common/senders.js";
import { KINDS, NARROWING, NO_SEARCH, SORTS, STATES, narrowedBy } from "../common/sought.js";
import { getFolders } from "./calls.js";

/** @import { Wanted } from "../common/sought.js" */
/** @typedef {(change: Partial<Wanted>) => void} Want */

const LANGUAGES = ["ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr", "zh"];

export class SearchControls {
  #want;
  #followed = NO_SEARCH;
  /** @type {Map<keyof Wanted, HTMLInputElement | HTMLSelectElement>} */
  #fields = new Map();
  #chips = el("ul", { class: "asked-filters search-chips", "aria-label": say().search.in_use, hidden: true });
  #id;
  #folders = el("datalist");
  #senders = el("datalist");
  #tags = el("datalist");

  /**
   * @param {string} id what the ids of its lists begin with
   * @param {Want} want
   * @param {{ names?: readonly (keyof Wanted)[], label?: string }} [how] what can be narrowed by, and what that is called
   */
  constructor(id, want, { names = NARROWING, label = say().search.filters } = {}) {
    this.#want = want;
    this.#id = id;
    this.#folders.id = `${id}-folders`;
    this.#senders.id = `${id}-senders`;
    this.#tags.id = `${id}-tags`;
    const fields = el("div", { class: "search-fields" }, this.#folders, this.#senders, this.#tags);
    this.more = el("details", { class: "search-more" }, el("summary", { text: label }), fields);
    this.more.addEventListener("toggle", () => {
      if (!this.more.open) return;
      if (!fields.querySelector("label")) {
        fields.prepend(...names.map((name) => this.#field(name)));
        this.follow(this.#followed);
      }
      this.#propose();
    });
    this.node = el("div", { class: "search-controls" }, this.#chips, el("div", { class: "search-line" }, this.more));
  }

  /** Let what is found be sorted, too. */
  sorted() {
    const words = say().search;
    this.more.after(this.#select("sort", words.sort, SORTS.map((each) => [each, words.sorts[each || "relevance"]])));
    return this;
  }

  /** @param {Wanted} wanted */
  follow(wanted) {
    this.#followed = wanted;
    for (const [name, field] of this.#fields) {
      if (field === document.activeElement) continue;
      const value = name === "correspondent" && wanted.correspondent ? correspondentName(Number(wanted.correspondent)) : wanted[name];
      field.value = value;
      // an address may name what is not in the list, or not yet
      if (field.value !== value && field instanceof HTMLSelectElement) field.append(el("option", { value, text: value, selected: true }));
    }
    replace(this.#chips, narrowedBy(wanted).map((name) => this.#chip(name, wanted[name])));
    this.#chips.hidden = !this.#chips.hasChildNodes();
    if (wanted.correspondent || wanted.category) this.#propose();
  }

  /**
   * @param {keyof Wanted} name
   * @returns {HTMLElement}
   */
  #field(name) {
    const words = say().search;
    /** @type {[string, string]} */
    const all = ["", words.all];
    switch (name) {
      case "category": return this.#select(name, words.category, [all]);
      case "correspondent": return this.#input(name, words.from, "text", `${this.#id}-senders`);
      case "tag": return this.#input(name, words.tag, "text", `${this.#id}-tags`);
      case "kind": return this.#select(name, words.kind, [all, ...KINDS.map(([each, kind]) => pair(kind, words.kinds[each]))]);
      case "language": return this.#select(name, words.language, [all, ...LANGUAGES.map((code) => pair(code, languageName(code)))]);
      case "folder": return this.#input(name, words.folder, "text", `${this.#id}-folders`);
      case "state": return this.#select(name, words.state, [all, ...STATES.map((state) => pair(state, words.states[state]))]);
      default: return this.#input(name, name === "since" ? words.since : words.until, "date");
    }
  }

  /**
   * @param {keyof Wanted} name
   * @param {string} label
   * @param {[string, string][]} options
   */
  #select(name, label, options) {
    const field = el("select", {}, ...options.map(([value, text]) => el("option", { value, text })));
    return this.#labelled(name, label, field);
  }

  /**
   * @param {keyof Wanted} name
   * @param {string} label
   * @param {string} type
   * @param {string} [list]
   */
  #input(name, label, type, list) {
    return this.#labelled(name, label, el("input", { type, list, autocomplete: "off", maxlength: type === "text" ? 4096 : null }));
  }

  /**
   * @param {keyof Wanted} name
   * @param {string} label
   * @param {HTMLInputElement | HTMLSelectElement} field
   */
  #labelled(name, label, field) {
    this.#fields.set(name, field);
    field.addEventListener("change", () => this.#take(name, field.value.trim()));
    return el("label", {}, el("span", { text: label }), field);
  }

  /**
   * @param {keyof Wanted} name
   * @param {string} value
   */
  #take(name, value) {
    if (name !== "correspondent" || !value) return this.#want({ [name]: value });
    const found = correspondentBy(value);
    const field = this.#fields.get(name);
    if (field instanceof HTMLInputElement) {
      field.setCustomValidity(found ? "" : say().search.no_sender);
      field.reportValidity();
    }
    if (found) this.#want({ correspondent: String(found.correspondent_id) });
  }

  /** Fill the lists that the controls propose; without them one types. */
  async #propose() {
    const [categories, senders, folders] = await Promise.allSettled([loadCategories(), loadSenders(), getFolders()]);
    const field = this.#fields.get("category");
    if (categories.status === "fulfilled" && field instanceof HTMLSelectElement) {
      const value = field.value;
      field.replaceChildren(el("option", { value: "", text: say().search.all }), ...categories.value.map(({ id, name }) => el("option", { value: id, text: name })));
      field.value = value;
    }
    if (senders.status === "fulfilled") {
      this.#senders.replaceChildren(...senders.value.correspondents.map(({ name }) => el("option", { value: name })));
      this.#tags.replaceChildren(...senders.value.tags.map((value) => el("option", { value })));
    }
    if (folders.status === "fulfilled") this.#folders.replaceChildren(...folders.value.folders.map(({ path }) => el("option", { value: path })));
    for (const chip of this.#chips.querySelectorAll("[data-name]")) {
      const { name, value } = chip instanceof HTMLElement ? chip.dataset : {};
      if (name && value) chip.textContent = inWords(/** @type {keyof Wanted} */ (name), value);
    }
  }

  /**
   * @param {keyof Wanted} name
   * @param {string} value
   */
  #chip(name, value) {
    const text = inWords(name, value);
    return el(
      "li", { class: "tag" },
      el("span", { text, dir: "auto", data: { name, value } }),
      el("button", { type: "button", text: "×", "aria-label": say().search.without(text), data: { key: `chip ${name}` }, on: { click: () => this.#want({ [name]: "" }) } }),
    );
  }
}

/** @type {(value: string, text: string) => [string, string]} */
const pair = (value, text) => [value, text];

/** @type {(name: keyof Wanted, value: string) => string} */
export function inWords(name, value) {
  const words = say().search;
  const kind = KINDS.find(([, each]) => each === value)?.[0];
  switch (name) {
    case "category": return `${words.category}: ${nameOf(value)}`;
    case "correspondent": return `${words.from}: ${correspondentName(Number(value))}`;
    case "kind": return `${words.kind}: ${kind ? words.kinds[kind] : value}`;
    case "language": return `${words.language}: ${languageName(value)}`;
    case "state": return `${words.state}: ${words.states[/** @type {keyof typeof words.states} */ (value)] ?? value}`;
    case "tag": return `${words.tag}: ${value}`;
    case "folder": return `${words.folder}: ${value}`;
    case "since": return `${words.since}: ${value}`;
    case "until": return `${words.until}: ${value}`;
    default: return value;
  }
}
