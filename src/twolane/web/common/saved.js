// @ts-check
// What a part of the page shows, kept under names: opened, kept anew, and forgotten with a way back.

import { dropView, listViews, saveView, shown } from "./api.js";
import { el, replace, toast, toastTrouble } from "./dom.js";

/** @import { SavedViewIn, SavedViewOut } from "./schemas.js" */
/**
 * @typedef {object} SavedWords
 * @property {string} saved
 * @property {string} name
 * @property {string} keep
 * @property {string} none_saved
 * @property {(name: string) => string} is_kept
 * @property {(name: string) => string} forget
 * @property {(name: string) => string} is_forgotten
 */

export class SavedViews {
  /** @type {SavedViewOut[]} */
  #all = [];
  #view;
  #address;
  #words;
  #list;
  #name;
  #form;

  /**
   * @param {SavedViewIn["view"]} view
   * @param {() => SavedWords} words
   * @param {() => string} address of what is shown now
   * @param {() => string} [proposed] a name for it
   */
  constructor(view, words, address, proposed = () => "") {
    this.#view = view;
    this.#address = address;
    this.#words = words();
    this.#list = el("ul", { class: "saved", "aria-label": this.#words.saved });
    this.#name = el("input", { type: "text", required: true, maxlength: 100, autocomplete: "off", "aria-label": this.#words.name });
    this.#form = el(
      "form", { class: "edit", on: { submit: (event) => {
        event.preventDefault();
        this.#save(this.#name.value.trim());
      } } },
      this.#name, el("button", { type: "submit", class: "main small", text: this.#words.keep }),
    );
    this.node = el("details", { class: "saved-searches" }, el("summary", { text: this.#words.saved }), this.#form, this.#list);
    this.node.addEventListener("toggle", () => {
      if (!this.node.open) return;
      this.#name.value ||= proposed().slice(0, 100);
      this.#load();
    });
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.node.open) return;
      this.node.open = false;
      this.node.querySelector("summary")?.focus();
    });
  }

  async #load() {
    try {
      this.#all = (await listViews()).filter(({ view }) => view === this.#view);
      this.#draw();
    } catch (error) {
      toastTrouble(shown(error));
    }
  }

  #draw() {
    const none = el("li", { class: "aside", text: this.#words.none_saved });
    replace(this.#list, this.#all.length ? this.#all.map((one) => this.#row(one)) : [none]);
  }

  /** @param {SavedViewOut} one */
  #row(one) {
    const { view_id: id, name, query } = one;
    return el(
      "li", {},
      el("a", { href: `#/${this.#view}?${query}`, text: name, dir: "auto", data: { key: `open ${id}` }, on: { click: () => { this.node.open = false; } } }),
      el("button", { type: "button", class: "quiet small", text: "×", "aria-label": this.#words.forget(name), data: { key: `forget ${id}` }, on: { click: () => this.#forget(one) } }),
    );
  }

  /** @param {string} name */
  async #save(name) {
    if (!name) return;
    try {
      await saveView({ view: this.#view, name, query: this.#address().split("?")[1] ?? "" });
      this.#name.value = "";
      await this.#load();
      toast(this.#words.is_kept(name));
    } catch (error) {
      toastTrouble(shown(error));
    }
  }

  /** @param {SavedViewOut} one */
  async #forget({ view_id: id, name, query }) {
    const at = this.#all.findIndex((each) => each.view_id === id);
    try {
      await dropView(id);
      await this.#load();
      const next = this.#all[at] ?? this.#all[at - 1];
      const row = next && this.#list.querySelector(`[data-key="forget ${next.view_id}"]`);
      (row instanceof HTMLElement ? row : this.#name).focus();
      toast(this.#words.is_forgotten(name), false, async () => {
        await saveView({ view: this.#view, name, query });
        await this.#load();
      });
    } catch (error) {
      toastTrouble(shown(error));
    }
  }
}
