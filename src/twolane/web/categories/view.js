// @ts-check
// The categories: a tree that is the user's, changed only after it was seen what a change does.

import { TAXONOMY_FILE, changeTaxonomy, getTaxonomy, shown, undoTaxonomy } from "../common/api.js";
import { loadCategories } from "../common/categories.js";
import { changed, onChange } from "../common/changes.js";
import { box, button, byId, el, isFilledIn, problem, replace, toastTrouble } from "../common/dom.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";
import { inLanguage } from "../common/shipped.js";
import { told } from "../common/told.js";
import { pathOf, treeOf } from "../common/tree.js";
import { startAdvice } from "./advice.js";
import { askedFor, sentOf } from "./acts.js";
import { preview, startPreview } from "./preview.js";
import { say } from "../common/say.js";

/** @import { CategoryOut } from "../common/schemas.js" */
/** @import { Branch } from "../common/tree.js" */
/** @import { Act, Asked } from "./acts.js" */

/** @type {CategoryOut[]} */
let all = [];
/** The category whose acts are shown. */
let opened = "";

const isHere = () => place().view === "categories";

async function refresh() {
  try {
    const found = await getTaxonomy();
    const { categories, notice } = found;
    all = inLanguage(categories);
    box("categories-notice").hidden = !notice;
    box("categories-notice").textContent = told(found, "notice");
    if (!isFilledIn(box("categories-list"))) show();
  } catch (error) {
    box("categories-list").replaceChildren(el("li", {}, problem(shown(error))));
  }
}

function show() {
  box("categories-total").textContent = String(all.length);
  replace(box("categories-list"), treeOf(all).map(item));
}

/**
 * @param {Branch<CategoryOut>} branch
 * @returns {HTMLLIElement}
 */
function item({ category, below }) {
  const { id, name, description, documents, within } = category;
  const own = say().common.documents(documents);
  const counted = below.length ? say().categories.with_below(own, within) : own;
  const files = addressOf({ view: "files", file: null, page: null, filters: { ...NO_FILTERS, category: id } });
  const acts = el("div", { class: "acts" });
  if (opened === id) acts.append(...actButtons(id, acts));
  const change = el("button", {
    type: "button", class: "quiet small change", data: { right: "admin" }, text: say().categories.change, "aria-label": say().categories.change_one(name), "aria-expanded": String(opened === id),
    on: { click: () => {
      opened = opened === id ? "" : id;
      show();
      focusOn(id);
    } },
  });
  return el(
    "li", { data: { id } },
    el(
      "div", { class: "category-row" },
      el(
        "div", { class: "who" },
        el("a", { href: files, text: name }), el("span", { class: "count", text: counted }),
        description && el("p", { text: description }),
      ),
      change,
    ),
    acts,
    below.length ? el("ul", {}, ...below.map(item)) : null,
  );
}

/**
 * @param {string} id
 * @param {HTMLElement} into
 */
function actButtons(id, into) {
  return /** @type {Act[]} */ (Object.keys(say().categories.acts)).map((act) => el("button", {
    type: "button", class: "quiet small", text: say().categories.acts[act], on: { click: () => into.replaceChildren(form(act, id)) },
  }));
}

/**
 * @param {Act} act
 * @param {string} id
 */
function form(act, id) {
  const asked = askedFor(act, all, id, (one) => pathOf(all, one));
  const inputs = asked.map(control);
  const fields = asked.map(({ label }, at) => el("label", {}, label, inputs[at] ?? ""));
  const end = () => {
    opened = "";
    box("categories-new").replaceChildren();
    show();
    focusOn(id);
  };
  const made = el(
    "form", { class: "act", "aria-label": say().categories.acts[act], on: { submit: (event) => {
      event.preventDefault();
      const given = Object.fromEntries(asked.map(({ name }, at) => [name, inputs[at]?.value ?? ""]));
      propose(act, sentOf(act, id, given));
    } } },
    ...fields,
    el(
      "div", { class: "acts" },
      el("button", { type: "submit", class: "main small", text: say().categories.see }),
      el("button", { type: "button", class: "quiet small", text: say().common.cancel, on: { click: end } }),
    ),
  );
  made.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  queueMicrotask(() => inputs[0]?.focus());
  return made;
}

/** @param {Asked} asked */
function control({ kind, value, required, options }) {
  if (kind === "text") return el("input", { type: "text", value, required, maxlength: 500, autocomplete: "off" });
  if (kind === "lines") return el("textarea", { rows: 4, required, text: value });
  return el("select", { required }, ...options.map(({ id, name }) => el("option", { value: id, text: name, selected: id === value })));
}

/**
 * Show what a change would do, and do it once a person says so.
 *
 * @param {Act | "import"} act
 * @param {object} sent
 */
const propose = (act, sent) => preview((apply) => changeTaxonomy(act, sent, apply), done);

/** Show what taking the last change back would do; it may have to be said where something goes then. */
function proposeUndo() {
  const into = el("select", { id: "undo-into" }, el("option", { value: "", text: say().categories.wherever }), ...all.map(
    ({ id }) => el("option", { value: id, text: pathOf(all, id) }),
  ));
  const show = () => preview((apply) => undoTaxonomy(into.value, apply), done, label);
  const label = el("label", {}, say().categories.undo_into, into);
  into.addEventListener("change", show);
  show();
}

/** Show the tree as it is after a change; what is returned puts the focus where the change was. */
async function done() {
  const id = opened;
  opened = "";
  box("categories-new").replaceChildren();
  box("categories-list").querySelector("form")?.remove();
  await Promise.all([loadCategories(true).catch((error) => toastTrouble(shown(error))), refresh()]);
  changed();
  return () => { if (!focusOn(id)) button("categories-add").focus(); };
}

/** @param {string} id */
function focusOn(id) {
  const found = [...box("categories-list").querySelectorAll("li")].find((each) => each.dataset["id"] === id);
  const control = found?.querySelector(".change");
  if (control instanceof HTMLElement) control.focus();
  return control !== undefined && control !== null;
}

export function startCategories() {
  startPreview();
  button("categories-add").addEventListener("click", () => box("categories-new").replaceChildren(form("add", "")));
  button("categories-undo").addEventListener("click", proposeUndo);
  const input = byId("categories-file", HTMLInputElement);
  byId("categories-export", HTMLAnchorElement).href = TAXONOMY_FILE;
  button("categories-import").addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (file) propose("import", { text: await file.text() });
    input.value = "";
  });
  startAdvice(propose);
  onPlace(() => { if (isHere()) refresh(); });
  onChange(() => { if (isHere()) refresh(); });
}
