// @ts-check
// The controls above the list of files; they follow the place, and change it.

import { getFields, shown } from "../common/api.js";
import { loadCategories } from "../common/categories.js";
import { onChange } from "../common/changes.js";
import { box, button, byId, el, toast } from "../common/dom.js";
import { place } from "../common/router.js";
import { correspondentBy, correspondentName, loadSenders } from "../common/senders.js";
import { say } from "../common/say.js";
import { fieldName } from "../common/shipped.js";
import { choices, chosen, orders, trail } from "./list.js";
import { want, wantAlso } from "./wanted.js";

/** @import { Filters, Order } from "../common/places.js" */

const category = byId("category", HTMLSelectElement);
const order = byId("order", HTMLSelectElement);
const text = byId("text", HTMLInputElement);
const since = byId("since", HTMLInputElement);
const until = byId("until", HTMLInputElement);
const correspondent = byId("by-correspondent", HTMLInputElement);
const tag = byId("by-tag", HTMLInputElement);
const conditionField = byId("condition-field", HTMLSelectElement);
const conditionValue = byId("condition-value", HTMLInputElement);
/** @type {Partial<Record<string, number>>} */
let counts = {};

/**
 * @param {HTMLElement} group
 * @param {HTMLButtonElement[]} chips
 */
function showChips(group, chips) {
  const focused = chips[[...group.children].findIndex((child) => child === document.activeElement)];
  group.hidden = !chips.length;
  group.replaceChildren(...chips);
  focused?.focus();
}

/** @param {Partial<Record<string, number>>} [now] files by state */
export function showStates(now = counts) {
  counts = now;
  const state = place().filters.state;
  showChips(box("states"), choices(counts, state).map(({ state: each, text: word, number }) => el(
    "button",
    {
      type: "button", class: `chip ${each}`, "aria-pressed": String(each === state),
      on: { click: () => want({ state: each }) },
    },
    word,
    el("span", { class: "count", text: number }),
  )));
}

function showChosen() {
  const parts = chosen(place().filters, correspondentName);
  showChips(box("chosen"), parts.map(({ text: word, without }) => el(
    "button",
    { type: "button", class: "chip chosen", "aria-label": say().files.no_longer(word), on: { click: () => want(without) } },
    word, el("span", { class: "cross", text: "✕", "aria-hidden": "true" }),
  )));
}

/** @param {string} id */
function chooseCategory(id) {
  category.value = id;
  // An address may name a category that is not in the list, or not yet.
  if (category.value !== id) category.append(el("option", { value: id, text: id, selected: true }));
}

export async function listCategories() {
  try {
    const found = await loadCategories();
    const all = el("option", { value: "", text: say().files.all_categories });
    category.replaceChildren(all, ...found.map(({ id, name }) => el("option", { value: id, text: name })));
    chooseCategory(place().filters.category);
  } catch (error) {
    toast(shown(error).message, true);
  }
}

/** Fill the lists that the boxes for correspondents and tags propose. */
async function propose() {
  const known = await loadSenders();
  box("known-correspondents").replaceChildren(...known.correspondents.map(({ name }) => el("option", { value: name })));
  box("known-tags").replaceChildren(...known.tags.map((each) => el("option", { value: each })));
  showChosen();
}

/** Fill the list of the fields that a condition can be on, once. */
async function proposeFields() {
  if (conditionField.options.length > 1) return;
  try {
    const fields = await getFields();
    conditionField.append(...fields.map(({ id, name, description }) => el("option", { value: id, text: fieldName(id, name), title: description })));
  } catch (error) {
    toast(shown(error).message, true);
  }
}

function addCondition() {
  const value = conditionValue.value.trim();
  if (!conditionField.value || !value) return;
  conditionValue.value = "";
  wantAlso("field", `${conditionField.value}${byId("condition-sign", HTMLSelectElement).value}${value}`);
}

const isMore = () => box("more").hidden === false;

/** @param {boolean} open */
function showMore(open) {
  box("more").hidden = !open;
  button("more-filters").setAttribute("aria-expanded", String(open));
  if (!open) return;
  propose();
  proposeFields();
}

/** The address says which files are wanted; the controls follow it. */
export function followFilters() {
  const { filters } = place();
  // What is being typed is ahead of the address by the blanks at its ends.
  if (text.value.trim() !== filters.q) text.value = filters.q;
  if (category.value !== filters.category) chooseCategory(filters.category);
  order.value = filters.order;
  button("files-copies").setAttribute("aria-pressed", String(filters.copies));
  since.value = filters.since;
  until.value = filters.until;
  if (filters.correspondent.length) propose();
  showStates();
  showChosen();
  showTrail();
}

/** Show the folder that the list is of, with all above it: each leads there. */
function showTrail() {
  const { folder } = place().filters;
  /** @type {(text: string, to: string, isHere?: boolean) => Node} */
  const step = (text, to, isHere) => el("button", {
    type: "button", class: "link", dir: "auto", text, "aria-current": isHere ? "true" : null, on: { click: () => want({ folder: to }) },
  });
  const steps = trail(folder).flatMap(({ name, path }, at) => [at ? " / " : "", step(name, path, path === folder)]);
  box("trail").hidden = !folder;
  box("trail").replaceChildren(...(folder ? [step(say().files.all_folders, ""), " / ", ...steps] : []));
}

function addCorrespondent() {
  const found = correspondentBy(correspondent.value);
  if (!correspondent.value.trim()) return;
  if (found) {
    correspondent.value = "";
    wantAlso("correspondent", found.correspondent_id);
  } else toast(say().files.no_correspondent(correspondent.value), true);
}

function addTag() {
  const wanted = tag.value.trim();
  tag.value = "";
  if (wanted) wantAlso("tag", wanted);
}

/**
 * Run where a box is left or Enter is pressed in it, and where one of the proposed names is chosen.
 *
 * @param {HTMLInputElement} input
 * @param {() => boolean} isWhole whether what stands in it is one of the names
 * @param {() => void} take
 */
function taken(input, isWhole, take) {
  input.addEventListener("change", take);
  input.addEventListener("input", (event) => {
    // A choice from the list is no typing: it need not wait for Enter.
    const typed = event instanceof InputEvent && event.inputType !== "insertReplacementText";
    if (!typed && isWhole()) take();
  });
}

export function startFilters() {
  order.replaceChildren(...orders().map(([value, word]) => el("option", { value, text: word })));
  category.addEventListener("change", () => want({ category: category.value }));
  text.addEventListener("input", () => want({ q: text.value.trim() }));
  order.addEventListener("change", () => want({ order: /** @type {Order} */ (order.value), reverse: false }));
  button("files-copies").addEventListener("click", () => want({ copies: !place().filters.copies }));
  for (const [name, input] of /** @type {[keyof Filters, HTMLInputElement][]} */ ([["since", since], ["until", until]])) {
    input.addEventListener("change", () => want({ [name]: input.value }));
  }
  taken(correspondent, () => correspondentBy(correspondent.value) !== null, addCorrespondent);
  taken(tag, () => Boolean(tag.value.trim()), addTag);
  byId("condition", HTMLFormElement).addEventListener("submit", (event) => {
    event.preventDefault();
    addCondition();
  });
  button("more-filters").addEventListener("click", () => showMore(!isMore()));
  onChange(() => { if (isMore()) propose(); });
}

