// @ts-check
// The correspondents: whom documents are from, with all spellings; they are renamed, merged and parted here.

import {
  Problem, listCorrespondents, mergeCorrespondents, partName, renameCorrespondent, shown, suggestCorrespondents, undoCorrespondents,
} from "../common/api.js";
import { changed, onChange } from "../common/changes.js";
import { box, button, byId, el, isFilledIn, problem, replace, toast, toastTrouble } from "../common/dom.js";
import { later } from "../common/later.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";
import { keptOf, spellings } from "./merging.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { isAllowed, isNarrowed } from "../common/session.js";

/** @import { CorrespondentOut, SenderPairOut } from "../common/schemas.js" */

const MOST_SUGGESTED = 20;
const suggestions = byId("suggestions", HTMLDetailsElement);
const search = byId("correspondents-search", HTMLInputElement);
/** @type {CorrespondentOut[]} */
let all = [];
/** @type {Map<number, CorrespondentOut>} those that are to be merged */
const marked = new Map();
/** Counts the looks, so that a slow answer is dropped once another was asked for. */
let looks = 0;

const isHere = () => place().view === "correspondents";

async function refresh() {
  const mine = ++looks;
  try {
    const [found] = await Promise.all([listCorrespondents(search.value.trim()), isAllowed("admin")]);
    if (mine !== looks) return;
    all = found;
    if (!isFilledIn(box("correspondents-list"))) show();
  } catch (error) {
    if (mine === looks) box("correspondents-list").replaceChildren(el("li", {}, problem(shown(error))));
  }
}

function show() {
  box("correspondents-total").textContent = all.length ? String(all.length) : "";
  replace(box("correspondents-list"), all.map(row));
  box("correspondents-empty").hidden = Boolean(all.length);
  box("correspondents-none").textContent = isNarrowed() ? say().correspondents.none_narrowed : say().correspondents.none;
  showMarked();
}

/** @param {CorrespondentOut} one */
function row(one) {
  const { correspondent_id: id, name, documents } = one;
  const item = el("li", { data: { id } });
  const check = el("input", {
    type: "checkbox", data: { right: "admin" }, "aria-label": say().correspondents.merge_one(name), checked: marked.has(id),
    on: { change: () => {
      if (check.checked) marked.set(id, one);
      else marked.delete(id);
      showMarked();
    } },
  });
  const papers = addressOf({
    view: "files", file: null, page: null, filters: { ...NO_FILTERS, correspondent: [id] },
  });
  item.append(
    check,
    el(
      "div", { class: "who" },
      el("a", { href: papers, text: name }),
      el("span", { class: "count", text: say().common.documents(documents) }),
      names(one),
    ),
    el("button", {
      type: "button", class: "quiet small rename", data: { right: "admin" }, text: say().correspondents.rename, "aria-label": say().correspondents.rename_one(name), on: { click: () => rename(one, item) },
    }),
  );
  return item;
}

/** @param {CorrespondentOut} one */
function names(one) {
  const others = spellings(one);
  if (!others.length) return null;
  return el("ul", { class: "names", "aria-label": say().correspondents.spellings(one.name) }, ...others.map((name) => el(
    "li", { class: "tag" }, name,
    el("button", {
      type: "button", data: { right: "admin" }, text: "✕", title: say().correspondents.somebody_else, "aria-label": say().correspondents.else_than(name, one.name),
      on: { click: () => doing(say().correspondents.of_its_own(name), () => partName(one.correspondent_id, name)) },
    }),
  )));
}

/**
 * @param {CorrespondentOut} one
 * @param {HTMLElement} item
 */
function rename({ correspondent_id: id, name }, item) {
  const input = el("input", { type: "text", value: name, maxlength: 200, "aria-label": say().correspondents.new_name(name), autocomplete: "off" });
  const save = () => {
    const wanted = input.value.trim();
    if (wanted && wanted !== name) doing(say().correspondents.renamed(name, wanted), () => renameCorrespondent(id, wanted), id);
    else end();
  };
  const end = () => {
    show();
    focusOn(id);
  };
  const form = el(
    "form", { class: "edit", on: { submit: (event) => { event.preventDefault(); save(); } } },
    input,
    el("button", { type: "submit", class: "main small", text: say().common.save }),
    el("button", { type: "button", class: "quiet small", text: say().common.cancel, on: { click: end } }),
  );
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  item.replaceChildren(form);
  input.focus();
  input.select();
}

/** Look for those that may be the same once somebody wants to see them: of many correspondents this takes a while. */
async function suggest() {
  if (!suggestions.open) return;
  try {
    const alike = await suggestCorrespondents();
    const rows = alike.slice(0, MOST_SUGGESTED).map(pair);
    replace(box("suggestions-list"), rows.length ? rows : [el("li", { class: "aside", text: say().correspondents.nobody_twice })]);
  } catch (error) {
    box("suggestions-list").replaceChildren(el("li", {}, problem(shown(error))));
  }
}

/** @param {SenderPairOut} found */
function pair(found) {
  const { one, other } = found;
  return el(
    "li", {},
    el("span", { class: "who" }, el("strong", { text: one.name }), ` ${say().correspondents.and} `, el("strong", { text: other.name }),
      el("span", { class: "why", text: told(found, "reason") })),
    el("button", {
      type: "button", class: "quiet small", text: say().correspondents.are_one, "aria-label": say().correspondents.are_one_named(one.name, other.name),
      on: { click: () => doing(
        say().correspondents.is_other(other.name, one.name), () => mergeCorrespondents(one.correspondent_id, other.correspondent_id), one.correspondent_id,
      ) },
    }),
  );
}

async function takeBack() {
  await doing(say().correspondents.taken_back, async () => {
    if (!await undoCorrespondents()) throw new Problem(say().correspondents.nothing_back);
  });
}

function showMarked() {
  const several = [...marked.values()];
  const kept = keptOf(several);
  box("merging").hidden = several.length < 2;
  const into = byId("merge-into", HTMLSelectElement);
  into.replaceChildren(...several.map(({ correspondent_id: id, name }) => el("option", {
    value: id, text: name, selected: id === kept?.correspondent_id,
  })));
}

async function merge() {
  const into = Number(byId("merge-into", HTMLSelectElement).value);
  const others = [...marked.keys()].filter((id) => id !== into);
  const name = marked.get(into)?.name ?? "";
  await doing(say().correspondents.now_one(others.length + 1, name), async () => {
    for (const other of others) await mergeCorrespondents(into, other);
    marked.clear();
  }, into);
}

/**
 * Do what changes correspondents, say so, and show them anew.
 *
 * @param {string} done
 * @param {() => Promise<unknown>} what
 * @param {number} [focus] whose row gets the focus
 */
async function doing(done, what, focus) {
  try {
    await what();
    endRenaming();
    toast(done);
  } catch (error) {
    toastTrouble(shown(error));
  }
  await refresh();
  suggest();
  changed();
  if (focus !== undefined) focusOn(focus);
}

const endRenaming = () => { box("correspondents-list").querySelector("form")?.remove(); };

/** @param {number} id */
function focusOn(id) {
  const found = box("correspondents-list").querySelector(`[data-id="${id}"] .rename`);
  if (found instanceof HTMLElement) found.focus();
}

export function startCorrespondents() {
  search.addEventListener("input", later(() => { endRenaming(); refresh(); }, 200));
  suggestions.addEventListener("toggle", suggest);
  button("merge").addEventListener("click", merge);
  button("merge-clear").addEventListener("click", () => { marked.clear(); show(); });
  button("correspondents-undo").addEventListener("click", takeBack);
  onPlace(() => { if (isHere()) refresh(); });
  onChange(() => { if (isHere()) refresh(); });
}
