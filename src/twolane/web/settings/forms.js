// @ts-check
// What the parts of the settings are built of: rows with what can be done to each, and forms.

import { shown } from "../common/api.js";
import { el, problem, toast, toastTrouble } from "../common/dom.js";
import { say } from "../common/say.js";

/** @import { Child } from "../common/dom.js" */
/** @typedef {{ text: string, run: () => unknown, key?: string }} Act */
/**
 * @typedef {object} Field one thing that a form asks for
 * @property {string} name
 * @property {string} label
 * @property {"text" | "password" | "date" | "choice" | "several"} kind
 * @property {string} [value]
 * @property {boolean} [required]
 * @property {{ id: string, name: string, chosen?: boolean }[]} [options]
 */
/** @typedef {Record<string, string> & { several: Record<string, string[]> }} Given what was filled in; `several` of what can be more than one */

/**
 * @param {string} title
 * @param {string} about
 * @param {Act[]} acts
 */
export function row(title, about, acts) {
  return el(
    "li", {}, el("div", { class: "who" }, el("span", { text: title }), el("span", { class: "aside", text: about })),
    ...acts.map(({ text, run, key }) => el("button", {
      type: "button", class: "quiet small", text, "aria-label": say().settings.act_on(text, title), data: { key: key ?? `${text} ${title}` },
      on: { click: run },
    })),
  );
}

/**
 * @param {Node[]} items
 * @param {string} none what is said where there are none
 */
export const rows = (items, none) => (items.length
  ? el("ul", { class: "settings-rows" }, ...items)
  : el("p", { class: "aside", text: none }));

/**
 * @param {readonly string[]} columns
 * @param {Child[][]} cells
 */
export const table = (columns, cells) => el("div", { class: "settings-table", tabindex: 0, role: "group", "aria-label": columns[0] }, el(
  "table", {}, el("thead", {}, el("tr", {}, ...columns.map((text) => el("th", { scope: "col", text })))),
  el("tbody", {}, ...cells.map((each) => el("tr", {}, ...each.map((cell) => el("td", {}, cell))))),
));

/** @param {Field} field */
function control({ name, kind, value = "", required = false, options = [] }) {
  if (kind === "choice") {
    return el("select", { name, required }, ...options.map(({ id, name: text }) => el("option", { value: id, text, selected: id === value })));
  }
  return el("input", { name, type: kind, value, required, maxlength: 1000, autocomplete: kind === "password" ? "new-password" : "off" });
}

/** @param {Field} field */
function labelled(field) {
  if (field.kind !== "several") return el("label", {}, field.label, control(field));
  return el("fieldset", {}, el("legend", { text: field.label }), ...(field.options ?? []).map(({ id, name, chosen }) => el(
    "label", {}, el("input", { type: "checkbox", name: field.name, value: id, checked: chosen }), name,
  )));
}

/**
 * Build a form that folds up once what it asks for was done.
 *
 * @param {string} title
 * @param {Field[]} fields
 * @param {(given: Given) => Promise<unknown>} run
 * @param {() => unknown} [end] run where somebody changes nothing
 * @param {string} [act] what its button says
 */
export function form(title, fields, run, end, act = say().common.save) {
  const trouble = el("div", { "aria-live": "polite" });
  const made = el(
    "form", { class: "settings-form", "aria-label": title, on: { submit: async (event) => {
      event.preventDefault();
      const data = new FormData(made);
      const several = Object.fromEntries(fields.filter(({ kind }) => kind === "several").map(({ name }) => [name, data.getAll(name).map(String)]));
      const given = /** @type {Given} */ ({ ...Object.fromEntries([...data].map(([name, value]) => [name, String(value)])), several });
      try {
        await run(given);
      } catch (error) {
        trouble.replaceChildren(problem(shown(error)));
      }
    } } },
    ...fields.map(labelled), trouble,
    el("div", { class: "acts" }, el("button", { type: "submit", class: "main small", text: act }),
      end ? el("button", { type: "button", class: "quiet small", text: say().common.cancel, on: { click: end } }) : null),
  );
  return made;
}

/**
 * @param {string} title
 * @param {HTMLElement} inside
 */
export const folded = (title, inside) => el("details", {}, el("summary", { text: title, data: { key: title } }), inside);

/**
 * Do something, say so with a way back, and show the part anew.
 *
 * @param {string} told
 * @param {() => Promise<unknown>} what
 * @param {() => Promise<unknown>} again
 * @param {() => Promise<unknown>} [back]
 */
export async function doing(told, what, again, back) {
  try {
    await what();
    toast(told, false, back && (async () => { await back(); await again(); }));
  } catch (error) {
    toastTrouble(shown(error));
  }
  await again();
}
