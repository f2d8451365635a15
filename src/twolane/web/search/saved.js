// @ts-check
// Searches that are kept under names: shown, opened, kept anew, and forgotten with a way back.

import { shown } from "../common/api.js";
import { el, replace, toast, toastTrouble } from "../common/dom.js";
import { say } from "../common/say.js";
import { dropView, listViews, saveView } from "./calls.js";
import { inAddress } from "../common/sought.js";

/** @import { SavedViewOut } from "../common/schemas.js" */
/** @import { Wanted } from "../common/sought.js" */

export class SavedSearches {
  /** @type {SavedViewOut[]} */
  #all = [];
  #wanted;
  #list = el("ul", { class: "saved", "aria-label": say().search.saved });
  #name = el("input", { type: "text", required: true, maxlength: 100, autocomplete: "off", "aria-label": say().search.name });
  #form = el(
    "form", { class: "edit", on: { submit: (event) => {
      event.preventDefault();
      this.#save(this.#name.value.trim());
    } } },
    this.#name, el("button", { type: "submit", class: "main small", text: say().search.keep }),
  );

  /** @param {() => Wanted} wanted what is searched for now */
  constructor(wanted) {
    this.#wanted = wanted;
    this.node = el("details", { class: "saved-searches" }, el("summary", { text: say().search.saved }), this.#form, this.#list);
    this.node.addEventListener("toggle", () => {
      if (!this.node.open) return;
      this.#name.value ||= wanted().q.slice(0, 100);
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
      this.#all = (await listViews()).filter(({ view }) => view === "search");
      this.#draw();
    } catch (error) {
      toastTrouble(shown(error));
    }
  }

  #draw() {
    const none = el("li", { class: "aside", text: say().search.none_saved });
    replace(this.#list, this.#all.length ? this.#all.map((one) => this.#row(one)) : [none]);
  }

  /** @param {SavedViewOut} one */
  #row(one) {
    const { view_id: id, name, query } = one;
    return el(
      "li", {},
      el("a", { href: `#/search?${query}`, text: name, dir: "auto", data: { key: `open ${id}` }, on: { click: () => { this.node.open = false; } } }),
      el("button", { type: "button", class: "quiet small", text: "×", "aria-label": say().search.forget(name), data: { key: `forget ${id}` }, on: { click: () => this.#forget(one) } }),
    );
  }

  /** @param {string} name */
  async #save(name) {
    if (!name) return;
    try {
      await saveView({ view: "search", name, query: String(inAddress(this.#wanted())) });
      this.#name.value = "";
      await this.#load();
      toast(say().search.is_kept(name));
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
      toast(say().search.is_forgotten(name), false, async () => {
        await saveView({ view: "search", name, query });
        await this.#load();
      });
    } catch (error) {
      toastTrouble(shown(error));
    }
  }
}
