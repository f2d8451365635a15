// @ts-check
// What narrows and sorts a search: controls that follow the address and change it, and chips that take away again.

import { loadCategories, nameOf } from "../common/categories.js";
import { el, replace } from "../common/dom.js";
import { languageName } from "../common/format.js";
import { say } from "../common/say.js";
import { correspondentBy, correspondentName, loadSenders } from "../common/senders.js";
import { getFolders } from "./calls.js";
import { KINDS, SORTS, STATES, narrowedBy } from "../common/sought.js";

/** @import { Wanted } from "../common/sought.js" */
/** @typedef {(change: Partial<Wanted>) => void} Want */

const LANGUAGES = ["ar", "da", "de", "el", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pl", "pt", "ro", "ru", "sv", "tr", "zh"];

export class SearchControls {
  #want;
  /** @type {Map<keyof Wanted, HTMLInputElement | HTMLSelectElement>} */
  #fields = new Map();
  #chips = el("ul", { class: "asked-filters search-chips", "aria-label": say().search.in_use });
  #folders = el("datalist", { id: "search-folders" });
  #senders = el("datalist", { id: "search-senders" });
  #tags = el("datalist", { id: "search-tags" });

  /** @param {Want} want */
  constructor(want) {
    this.#want = want;
    const words = say().search;
    const sort = this.#select("sort", words.sort, SORTS.map((each) => [each, words.sorts[each || "relevance"]]));
    const more = el(
      "details", { class: "search-more" },
      el("summary", { text: words.filters }),
      el("div", { class: "search-fields" }, ...this.#narrowing(), this.#folders, this.#senders, this.#tags),
    );
    more.addEventListener("toggle", () => { if (more.open) this.#propose(); });
    this.node = el("div", { class: "search-controls" }, this.#chips, el("div", { class: "search-line" }, more, sort));
  }

  /** @param {Wanted} wanted */
  follow(wanted) {
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

  #narrowing() {
    const words = say().search;
    return [
      this.#select("category", words.category, [["", words.all]]),
      this.#input("correspondent", words.from, "text", "search-senders"),
      this.#input("tag", words.tag, "text", "search-tags"),
      this.#input("since", words.since, "date"),
      this.#input("until", words.until, "date"),
      this.#select("kind", words.kind, [["", words.all], ...KINDS.map(([name, kind]) => /** @type {[string, string]} */ ([kind, words.kinds[name]]))]),
      this.#select("language", words.language, [["", words.all], ...LANGUAGES.map((code) => /** @type {[string, string]} */ ([code, languageName(code)]))]),
      this.#input("folder", words.folder, "text", "search-folders"),
      this.#select("state", words.state, [["", words.all], ...STATES.map((state) => /** @type {[string, string]} */ ([state, words.states[state]]))]),
    ];
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

/** @type {(name: keyof Wanted, value: string) => string} */
function inWords(name, value) {
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
