// @ts-check
// The panel at the side: one page of a file with a passage marked, or all that is known of a file.

import { getFile, getPage, originalAddress, shown } from "../common/api.js";
import { loadCategories, nameOf } from "../common/categories.js";
import { box, byId, el, problem } from "../common/dom.js";
import { percent } from "../common/format.js";
import { closeFile, entry, onPlace, openFile } from "../common/router.js";
import { facts, history } from "./facts.js";
import { locate } from "./passage.js";

/** @import { Place } from "../common/places.js" */
/** @import { Passage } from "../common/router.js" */
/** @import { ClassificationOut, DecisionOut, FileOut, PageOut, SourceOut } from "../common/schemas.js" */

const SHOWN_SCORES = 6;
const panel = byId("panel", HTMLDialogElement);
/** What the panel shows, so that a slow answer of the server is dropped once something else is shown. */
let now = "";

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

/** @param {number} file */
function original(file) {
  return el("a", {
    class: "button", href: originalAddress(file), target: "_blank", rel: "noopener", text: "Open the original",
  });
}

/** @param {string} text */
const marked = (text) => el("div", { class: "page-text" }, el("mark", { text }));

/**
 * @param {PageOut} page
 * @param {Passage | null} passage
 */
function pageText({ text }, passage) {
  const [before, found, behind] = (passage && locate(text, passage.text)) ?? [text, "", ""];
  return el("div", { class: "page-text" }, before, found ? el("mark", { text: found }) : null, behind);
}

/**
 * @param {number} file
 * @param {number} number
 * @param {number} pages
 */
function turning(file, number, pages) {
  /** @type {(text: string, label: string, to: number) => Node} */
  const turn = (text, label, to) => el("button", {
    type: "button", class: "quiet", text, disabled: to < 1 || to > pages, "aria-label": label,
    on: { click: () => openFile(file, { page: to }) },
  });
  return [turn("← Page", "Page before", number - 1), turn("Page →", "Page after", number + 1), original(file)];
}

/**
 * @param {number} file
 * @param {number} number
 * @param {Passage | null} passage
 */
async function showPage(file, number, passage) {
  const mine = now;
  box("panel-where").textContent = [`page ${number}`, passage?.heading].filter(Boolean).join(" · ");
  try {
    const page = await getPage(file, number);
    if (mine !== now) return;
    const where = [`page ${number} of ${page.page_count}`, page.label || passage?.heading];
    head(page.name, [...where, page.ocr ? "read from a picture" : ""].filter(Boolean).join(" · "));
    fill([pageText(page, passage)], turning(file, number, page.page_count));
  } catch (error) {
    if (mine === now) fill([problem(shown(error)), passage && marked(passage.text)], turning(file, number, number - 1));
  }
}

/** @param {number} id */
async function showFacts(id) {
  const mine = now;
  try {
    const [file] = await Promise.all([getFile(id), loadCategories()]);
    if (mine !== now) return;
    head(file.name);
    fill([factList(file), scores(file.classification), decided(file.decisions)], factButtons(file));
  } catch (error) {
    if (mine === now) fill([problem(shown(error))]);
  }
}

/** @param {FileOut} file */
function factList(file) {
  const rows = facts(file, nameOf).flatMap(([name, text]) => [el("dt", { text: name }), el("dd", { text })]);
  return el("dl", {}, ...rows);
}

/** @param {FileOut} file */
function factButtons({ file_id: id, read_status: status }) {
  const read = el("button", {
    type: "button", class: "quiet", text: "Read the text", on: { click: () => openFile(id, { page: 1 }) },
  });
  return status === "text" ? [read, original(id)] : [original(id)];
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
  return el("section", { class: "decisions" }, el("h3", { text: "Decisions" }), el("ol", {}, ...rows));
}

/**
 * Show the page of a source with its passage marked.
 *
 * @param {SourceOut} source
 */
export function showSource(source) {
  const { name, page, heading, path, text, file_id: id } = source;
  if (id !== null) {
    head(name);
    openFile(id, { page, passage: { text, heading } });
    return;
  }
  // A file that is gone has no address of its own.
  now = `gone ${path}`;
  head(name, `page ${page}`);
  fill([problem({ message: "This file is no longer at its place.", remedy: `it was ${path}` }), marked(text)]);
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
  if (page === null) showFacts(file);
  else showPage(file, page, passage);
  if (!panel.open) panel.showModal();
}

export function startPanel() {
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
