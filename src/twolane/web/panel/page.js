// @ts-check
// A page of a file on the panel: its picture with what is meant marked on it, its text, and the way to other pages.

import { getPage, originalAddress, shown } from "../common/api.js";
import { el, problem } from "../common/dom.js";
import { isPictured, paper } from "../common/paper.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { parts, spansOf } from "./passage.js";

/** @import { Passage } from "../common/router.js" */
/** @import { Paper } from "../common/paper.js" */
/** @import { FileOut, PageOut } from "../common/schemas.js" */
/**
 * @typedef {object} Shown what the panel shows of a page
 * @property {string} where
 * @property {(Node | null)[]} body
 * @property {Node[]} foot
 * @property {Record<string, () => void>} keys what keys do, by their names
 */

/** Whether a person wants the text beside the picture: it stays so from page to page. */
let withText = false;

/**
 * @param {number} file
 * @param {number} [page] where a PDF opens
 */
export const original = (file, page = 1) => el("a", {
  class: "button", href: originalAddress(file, page), target: "_blank", rel: "noopener", text: say().panel.open_original,
});

/**
 * Return a page as it is shown; what is asked of the server meanwhile fills itself.
 *
 * @param {FileOut} file
 * @param {number} number
 * @param {Passage | null} passage
 * @returns {Promise<Shown>}
 */
export async function pageShown(file, number, passage) {
  const page = file.read_status === "text" ? await getPage(file.file_id, number).catch(shown) : null;
  const read = page && "text" in page ? page : null;
  const text = el("div", { class: "page-side" }, ...textNodes(page, passage));
  const pictured = isPictured(file) && read?.is_numbered !== false
    ? paper({ id: file.file_id, number, name: file.name, missing: () => { text.hidden = false; } }) : null;
  const buttons = [...turning(file, number), ...(pictured ? viewing(pictured, text) : [])];
  if (pictured) {
    text.hidden = !withText;
    mark(pictured, read, passage, text);
  }
  const about = el("button", { type: "button", class: "quiet", text: say().panel.about, on: { click: () => openFile(file.file_id, { page: null }) } });
  return {
    where: [read && countedPage(read), read?.label || passage?.heading, read?.ocr && say().panel.by_ocr].filter(Boolean).join(" · "),
    body: [el("div", { class: "page-sides" }, pictured?.node ?? null, text)],
    foot: [...buttons, about, original(file.file_id, number)],
    keys: keysOf(file, number, pictured),
  };
}

/**
 * @param {PageOut | Error | null} page
 * @param {Passage | null} passage
 */
function textNodes(page, passage) {
  if (page === null) return [el("p", { class: "aside", text: say().panel.no_text })];
  if (!("text" in page)) return [problem(page), passage && el("div", { class: "page-text", dir: "auto" }, el("mark", { text: passage.text }))];
  const cut = passage ? parts(page.text, passage.text, passage.spans) : [{ text: page.text, marked: false }];
  const nodes = cut.map((part) => (part.marked ? el("mark", { text: part.text }) : part.text));
  return [el("div", { class: "page-text", dir: "auto" }, ...nodes), hiddenText(page)];
}

/** @param {PageOut} page */
const hiddenText = ({ hidden }) => hidden && el(
  "details", { class: "hidden-text" }, el("summary", { text: say().panel.hidden }), el("div", { dir: "auto", text: hidden }),
);

/** @param {PageOut} page */
function countedPage({ number, page_count: pages, is_numbered: isNumbered }) {
  if (isNumbered) return say().panel.page_of(number, pages);
  return pages > 1 ? say().panel.part_of(number, pages) : "";
}

/**
 * Mark the passage on the picture; where nobody knows its place there, as on scans, the text shows it.
 *
 * @param {Paper} pictured
 * @param {PageOut | null} page
 * @param {Passage | null} passage
 * @param {HTMLElement} text
 */
async function mark(pictured, page, passage, text) {
  if (!page || !passage) return;
  const spans = spansOf(page.text, passage.text, passage.spans);
  const isKnown = spans.length > 0 && await pictured.mark(spans).catch((error) => { shown(error); return false; });
  if (!isKnown) text.hidden = false;
}

/**
 * @param {FileOut} file
 * @param {number} number
 */
function turning({ file_id: id, page_count: pages }, number) {
  const words = say().panel;
  /** @type {(text: string, label: string, to: number) => Node} */
  const turn = (text, label, to) => el("button", {
    type: "button", class: "quiet", text, disabled: to < 1 || to > pages, "aria-label": label,
    on: { click: () => openFile(id, { page: to }) },
  });
  return [turn(words.before, words.page_before, number - 1), turn(words.after, words.page_after, number + 1)];
}

/**
 * @param {Paper} pictured
 * @param {HTMLElement} text
 */
function viewing(pictured, text) {
  const words = say().panel;
  /** @type {(sign: string, label: string, larger: boolean) => Node} */
  const zoom = (sign, label, larger) => el("button", {
    type: "button", class: "quiet", text: sign, "aria-label": label, on: { click: () => pictured.zoom(larger) },
  });
  const toggle = el("button", { type: "button", class: "quiet", text: words.text, "aria-pressed": String(withText) });
  toggle.addEventListener("click", () => {
    withText = Boolean(text.hidden);
    text.hidden = !withText;
    toggle.setAttribute("aria-pressed", String(withText));
  });
  return [zoom("−", words.smaller, false), zoom("+", words.larger, true), toggle];
}

/**
 * @param {FileOut} file
 * @param {number} number
 * @param {Paper | null} pictured
 * @returns {Record<string, () => void>}
 */
function keysOf({ file_id: id, page_count: pages }, number, pictured) {
  /** @param {number} to */
  const turn = (to) => { if (to >= 1 && to <= pages) openFile(id, { page: to }); };
  return {
    ArrowLeft: () => turn(number - 1),
    ArrowRight: () => turn(number + 1),
    "+": () => pictured?.zoom(true),
    "-": () => pictured?.zoom(false),
  };
}
