// @ts-check
// The panel at the side: one page of a file with a passage marked, or all that is known of a file.

import { getFile, shown } from "../common/api.js";
import { loadCategories, nameOf } from "../common/categories.js";
import { box, byId, el, problem } from "../common/dom.js";
import { percent } from "../common/format.js";
import { isPictured, smallPicture } from "../common/paper.js";
import { closeFile, entry, onPlace, openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { againButton } from "./again.js";
import { takeOutButtons } from "./takeout.js";
import { pastSection } from "../order/past.js";
import { copySection } from "./copies.js";
import { facts, history } from "./facts.js";
import { fieldSection } from "./fields.js";
import { ownerSection } from "./owner.js";
import { original, pageShown } from "./page.js";
import { tagSection } from "./tags.js";

/** @import { Place } from "../common/places.js" */
/** @import { Passage } from "../common/router.js" */
/** @import { ClassificationOut, DecisionOut, FileHistoryOut, FileOut, SourceOut, SpanOut } from "../common/schemas.js" */

const SHOWN_SCORES = 6;
const panel = byId("panel", HTMLDialogElement);
/** What the panel shows, so that a slow answer of the server is dropped once something else is shown. */
let now = "";
/** @type {Record<string, () => void>} what keys do to the page that is shown */
let keys = {};

/**
 * @param {string} title
 * @param {string} [where]
 */
function head(title, where = "") {
  box("panel-title").textContent = title;
  box("panel-where").textContent = where;
}

/**
 * @param {(Node | null)[]} body
 * @param {Node[]} [foot]
 */
function fill(body, foot = []) {
  box("panel-body").replaceChildren(...body.filter((node) => node !== null));
  box("panel-foot").replaceChildren(...foot);
  box("panel-body").querySelector("mark")?.scrollIntoView({ block: "center" });
}

/** @param {string} text */
const marked = (text) => el("div", { class: "page-text", dir: "auto" }, el("mark", { text }));

/**
 * @param {number} id
 * @param {number} number
 * @param {Passage | null} passage
 */
async function showPage(id, number, passage) {
  const mine = now;
  box("panel-where").textContent = passage?.heading ?? "";
  try {
    const file = await getFile(id);
    const page = await pageShown(file, number, passage);
    if (mine !== now) return;
    head(file.name, page.where);
    fill(page.body, page.foot);
    keys = page.keys;
  } catch (error) {
    if (mine === now) fill([problem(shown(error)), passage && marked(passage.text)], [original(id, number)]);
  }
}

/**
 * @param {number} id
 * @param {string} [focus] a selector of what gets the focus once it is there
 */
async function showFacts(id, focus = "") {
  const mine = now;
  try {
    const [file] = await Promise.all([getFile(id), loadCategories()]);
    if (mine !== now) return;
    head(file.name);
    fill(parts(file), factButtons(file));
    const found = focus && box("panel-body").querySelector(focus);
    if (found instanceof HTMLElement) found.focus();
  } catch (error) {
    if (mine === now) fill([problem(shown(error))]);
  }
}

/** @param {FileHistoryOut} file */
function parts(file) {
  /** @param {string} focus */
  const again = (focus) => showFacts(file.file_id, focus);
  const known = file.read_status ? [fieldSection(file, again), tagSection(file, again), copySection(file, again)] : [];
  const past = pastSection(file.path, () => showFacts(file.file_id));
  const owner = ownerSection(file, again, () => panel.close());
  return [picture(file), ...known, factList(file), owner, past, scores(file.classification), decided(file.decisions)];
}

/** @param {FileOut} file */
function picture(file) {
  if (!isPictured(file)) return null;
  return el("button", {
    type: "button", class: "link first-page", "aria-label": say().panel.see_pages, on: { click: () => openFile(file.file_id, { page: 1 }) },
  }, smallPicture(file));
}

/** @param {FileOut} file */
function factList(file) {
  const rows = facts(file, nameOf).flatMap(([name, text]) => [el("dt", { text: name }), el("dd", { text })]);
  return el("dl", {}, ...rows);
}

/** @type {Set<FileOut["state"]>} */
const NOT_READ = new Set(["unread", "quarantined"]);

/** @param {FileOut} file */
function factButtons(file) {
  const { file_id: id, read_status: status, state } = file;
  const again = NOT_READ.has(state) ? [againButton(() => [file])] : [];
  const out = takeOutButtons(() => [id], () => panel.close());
  const words = say().panel;
  const pages = el("button", {
    type: "button", class: "quiet", text: isPictured(file) ? words.see_pages : words.read_text, on: { click: () => openFile(id, { page: 1 }) },
  });
  return [...(status === "text" || isPictured(file) ? [pages] : []), ...again, ...out, original(id)];
}

/** @param {ClassificationOut | null} decided */
function scores(decided) {
  if (!decided || decided.scores.length < 2) return null;
  const rows = decided.scores.slice(0, SHOWN_SCORES).map(({ category, probability }) => {
    const name = nameOf(category);
    return el(
      "li",
      {},
      el("span", { text: name }),
      el("meter", { min: 0, max: 1, value: probability, "aria-label": name }),
      el("span", { class: "number", text: percent(probability) }),
    );
  });
  return el("ul", { class: "scores" }, ...rows);
}

/**
 * Show what was decided before, where there is more than the one decision that stands.
 *
 * @param {DecisionOut[]} decisions
 */
function decided(decisions) {
  if (decisions.length < 2) return null;
  const rows = history(decisions, nameOf).map(({ what, who, when }) => el(
    "li", {}, el("span", { text: what }), el("span", { class: "who", text: [who, when].filter(Boolean).join(" · ") }),
  ));
  return el("section", { class: "decisions" }, el("h3", { text: say().panel.decisions }), el("ol", {}, ...rows));
}

/**
 * Show the page of a source with what states the answer marked, or its whole passage.
 *
 * @param {SourceOut} source
 * @param {SpanOut[]} [spans]
 */
export function showSource(source, spans = []) {
  const { name, page, place, heading, path, text, file_id: id } = source;
  if (id !== null) {
    head(name);
    openFile(id, { page, passage: { text, heading, spans: spans.map(({ start, end }) => [start, end]) } });
    return;
  }
  // A file that is gone has no address of its own.
  now = `gone ${path}`;
  head(name, place);
  const words = say().panel;
  const away = text ? words.not_at_place : words.was_taken_out;
  fill([problem({ message: away, remedy: words.it_was(path) }), text ? marked(text) : null]);
  panel.showModal();
}

/** @param {Place} place */
function follow({ file, page }) {
  const { passage } = entry();
  const wanted = file === null ? "" : JSON.stringify([file, page, passage]);
  if (wanted === now) return;
  now = wanted;
  if (file === null) {
    panel.close();
    head("");
    return;
  }
  fill([]);
  keys = {};
  if (page === null) showFacts(file);
  else showPage(file, page, passage);
  if (!panel.open) panel.showModal();
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const { target } = event;
  const isTyped = target instanceof Element && target.matches("input, select, textarea");
  const run = isTyped || event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
  if (!run) return;
  event.preventDefault();
  run();
}

export function startPanel() {
  panel.addEventListener("keydown", pressed);
  box("panel-close").addEventListener("click", () => panel.close());
  panel.addEventListener("click", (event) => {
    if (event.target === panel) panel.close(); // the backdrop
  });
  panel.addEventListener("close", () => {
    if (panel.open) return; // it was opened again before the browser said that it was closed
    now = "";
    closeFile();
  });
  onPlace(follow);
}
