// @ts-check
// Small helpers to build the page; text is only ever set as text, never as markup.

import { say } from "./say.js";

/** @typedef {{ message: string, remedy?: string }} Trouble an error with what to do about it */
/** @typedef {Node | string | number | false | null | undefined} Child */
/**
 * @typedef {object} Props
 * @property {string} [class]
 * @property {string | number} [text]
 * @property {Record<string, string | number>} [data]
 * @property {Record<string, (event: Event) => void>} [on] listeners by the type of their event
 */

/**
 * Return the element of the page with this id, which is of this kind.
 *
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const node = document.getElementById(id);
  if (!(node instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return node;
}

/** @param {string} id */
export const box = (id) => byId(id, HTMLElement);

/** @param {string} id */
export const button = (id) => byId(id, HTMLButtonElement);

/**
 * Build an element. What is no property of its own becomes an attribute; what is null, undefined or false is left out.
 *
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props & Record<string, unknown>} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  const { class: name, text, data, on, ...attributes } = props;
  if (name) node.className = name;
  if (text !== undefined) node.textContent = String(text);
  for (const [key, value] of Object.entries(data ?? {})) node.dataset[key] = String(value);
  for (const [type, run] of Object.entries(on ?? {})) node.addEventListener(type, run);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...present(children));
  return node;
}

/** @param {Child[]} children */
function present(children) {
  return children.flatMap((child) => (child === null || child === undefined || child === false
    ? []
    : [typeof child === "number" ? String(child) : child]));
}

/**
 * Show an error, with what to do about it.
 *
 * @param {Trouble} error
 */
export function problem(error) {
  return el(
    "div",
    { class: "problem", role: "alert" },
    el("strong", { text: error.message }),
    error.remedy ? el("span", { class: "remedy", text: `→ ${error.remedy}` }) : null,
  );
}

const TAKES_FOCUS = ["a[href]", "button", "input", "select", "textarea"].map((each) => `${each}:not(:disabled)`).join() + ",summary,[tabindex]";

/**
 * Put something else into a node; what has the focus there gives it to what is called the same afterwards, or else
 * to what has come in its place.
 *
 * @param {HTMLElement} into
 * @param {Node[]} nodes
 */
export function replace(into, nodes) {
  const focused = document.activeElement;
  if (!focused || focused === into || !into.contains(focused)) {
    into.replaceChildren(...nodes);
    return;
  }
  const name = keyOf(focused);
  const at = [...into.querySelectorAll(TAKES_FOCUS)].indexOf(focused);
  into.replaceChildren(...nodes);
  const same = name && [...into.querySelectorAll("[data-key], [aria-label]")].find((each) => keyOf(each) === name);
  if (same instanceof HTMLElement) {
    same.closest("details")?.setAttribute("open", ""); // what is folded takes no focus
    same.focus();
  }
  if (!into.contains(document.activeElement)) focusNear(into, at);
}

/**
 * Give the focus to what stands where the one that had it stood: to that itself, to the last one, or to what is around.
 *
 * @param {HTMLElement} into
 * @param {number} at which of what takes the focus it was
 */
function focusNear(into, at) {
  const all = /** @type {HTMLElement[]} */ ([...into.querySelectorAll(TAKES_FOCUS)]).filter((each) => each.checkVisibility());
  const around = into.closest("dialog, [data-part]")?.querySelector("h2");
  const next = all[at] ?? all.at(-1) ?? (into.tabIndex >= 0 ? into : around);
  if (next && next === around) next.tabIndex = -1;
  next?.focus({ preventScroll: next === around });
}

/**
 * Return whether a person fills something in within a node: that is not taken from under their hands by a later look.
 *
 * @param {HTMLElement} node
 */
export const isFilledIn = (node) => node.querySelector("form") !== null;

/** @param {Element | null} node */
const keyOf = (node) => node?.getAttribute("data-key") ?? node?.getAttribute("aria-label") ?? null;

let hiding = 0;
let shownFor = 0; // milliseconds

/** Let what is told go after its time, which begins anew once nobody points at it or is in it. */
function hideSoon() {
  clearTimeout(hiding);
  hiding = setTimeout(() => {
    const shown = box("toast");
    if (shown.matches(":hover, :focus-within")) hideSoon();
    else shown.hidden = true;
  }, shownFor);
}

/**
 * Take back what is told at the bottom by the keys that do so everywhere.
 *
 * @param {KeyboardEvent} event
 */
export function undoByKeys(event) {
  const take = document.querySelector("#toast:not([hidden]) button");
  const isField = event.target instanceof Element && event.target.matches("input:not([type='checkbox']), textarea");
  if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || isField || !(take instanceof HTMLElement)) return;
  event.preventDefault();
  take.click();
}

/**
 * Say something briefly at the bottom of the page.
 *
 * @param {string} text
 * @param {boolean} [bad]
 * @param {() => Promise<unknown>} [undo] takes back what is told, for as long as it is told
 */
export function toast(text, bad = false, undo) {
  const shown = box("toast");
  // Behind an open dialog it would be neither seen nor reached.
  const into = document.querySelector("dialog[open]") ?? document.body;
  if (shown.parentNode !== into) into.append(shown);
  const before = document.activeElement;
  const take = undo && el("button", {
    type: "button", text: say().common.undo, "aria-keyshortcuts": "Control+Z", on: { click: () => {
      const hadFocus = shown.contains(document.activeElement);
      shown.hidden = true;
      if (hadFocus && before instanceof HTMLElement) before.focus();
      undo().catch((error) => { toast(error.message, true); });
    } },
  });
  shown.replaceChildren(text, take ?? "");
  shown.classList.toggle("bad", bad);
  shown.hidden = false;
  shownFor = bad || undo ? 9000 : 4000;
  hideSoon();
}

/**
 * Say briefly what went wrong, and what to do about it.
 *
 * @param {Trouble} trouble
 */
export const toastTrouble = ({ message, remedy }) => toast([message, remedy].filter(Boolean).join(" → "), true);
