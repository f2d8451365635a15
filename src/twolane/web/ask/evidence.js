// @ts-check
// Where an answer stands, beside it: each source as its page looks, or by its words, with what states it marked.

import { el, replace } from "../common/dom.js";
import { say } from "../common/say.js";
import { showSource } from "../panel/panel.js";
import { snippet } from "../search/hits.js";
import { ended, parted, placed, rests, where } from "./answer.js";
import { originalPicture, pictureMarks } from "./pictures.js";

/** @import { SourceOut, SpanOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */

const MOST = 8;

/** The column beside the chat; it shows the sources of one answer. */
export class Evidence {
  #box;
  #shown = "";

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /**
   * Show the sources of an answer, and say whether there are any.
   *
   * @param {Answer | null} answer
   */
  show(answer) {
    const sources = answer ? shownSources(answer) : [];
    const sign = JSON.stringify(answer && sources.map((source) => [source.number, source.file_id, rests(answer, source)]));
    document.body.classList.toggle("with-evidence", sources.length > 0);
    if (sign === this.#shown) return sources.length > 0;
    this.#shown = sign;
    this.#box.hidden = !sources.length;
    if (answer) replace(this.#box, [el("h3", { text: say().ask.beside }), el("ul", { class: "evidence-list" }, ...sources.map((source) => card(answer, source)))]);
    return sources.length > 0;
  }
}

/**
 * Return what an answer rests on; while it is written, and where it rests on nothing, all that was found.
 *
 * @param {Answer} answer
 */
function shownSources(answer) {
  const { cited, others } = parted(answer);
  const shown = ended(answer) && cited.length ? cited : [...cited, ...others];
  return shown.filter(({ text }) => text).slice(0, MOST);
}

/**
 * @param {Answer} answer
 * @param {SourceOut} source
 */
function card(answer, source) {
  const { spans, weak } = rests(answer, source);
  const { number, name, place } = source;
  const words = el("span", { class: "evidence-text", dir: "auto" }, ...wordsOf(source, spans));
  const open = el(
    "button", { type: "button", class: "evidence", title: weak ? say().ask.weak : null, data: { key: `evidence ${number}` }, on: { click: () => showSource(source, spans) } },
    el("span", { class: "evidence-name" }, el("span", { class: weak ? "cite weak" : "cite", text: number, "aria-hidden": "true" }), el("span", { text: name })),
    where(source) && el("span", { class: "evidence-where", text: where(source) }),
    words,
  );
  const address = originalPicture(source);
  if (address) picture(address, source, spans, words, say().ask.picture(number, placed(name, place)));
  return el("li", {}, open);
}

/**
 * @param {SourceOut} source
 * @param {SpanOut[]} spans
 */
function wordsOf({ text, start, page, heading, place, ocr }, spans) {
  const marks = spans.filter((span) => span.page === page).map((span) => ({ start: span.start, end: span.end }));
  const parts = snippet({ text, start, end: start + text.length, page, heading, place, ocr, marks });
  return parts.map((part) => (part.marked ? el("mark", { text: part.text }) : part.text));
}

/**
 * Put a picture of the page in the place of the words, once it is there: they stay where there is none.
 *
 * @param {string} address
 * @param {SourceOut} source
 * @param {SpanOut[]} spans
 * @param {HTMLElement} words
 * @param {string} label
 */
function picture(address, source, spans, words, label) {
  const image = el("img", { alt: label, decoding: "async" });
  const sheet = el("span", { class: "evidence-sheet" }, image);
  const page = el("span", { class: "evidence-page" }, sheet);
  image.addEventListener("load", async () => {
    words.before(page);
    const boxes = await pictureMarks(source, spans);
    for (const { left, top, width, height } of boxes) {
      const mark = el("span", { class: "evidence-mark" });
      Object.assign(mark.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
      sheet.append(mark);
    }
    const [first] = boxes;
    if (!first) return;
    words.hidden = true;
    page.classList.add("near");
    page.scrollTop = first.top * page.scrollHeight - page.clientHeight / 3;
    page.scrollLeft = first.left * page.scrollWidth - page.clientWidth / 6;
  });
  image.src = address;
}
