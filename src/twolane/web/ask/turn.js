// @ts-check
// One question and its answer on the page, growing while the events come.

import { el, problem } from "../common/dom.js";
import { showSource } from "../panel/panel.js";
import { NO_ANSWER, after, cost, ended, parted, pieces, waiting, where } from "./answer.js";

/** @import { AnswerEvent } from "../common/api.js" */
/** @import { Trouble } from "../common/dom.js" */
/** @import { SourceOut } from "../common/schemas.js" */
/** @import { Answer, Piece } from "./answer.js" */

export class Turn {
  /** @type {Answer} */
  answer = NO_ANSWER;

  /** @param {string} question */
  constructor(question) {
    this.question = question;
    this.wait = el("p", { class: "wait" });
    this.body = el("div", { class: "answer-text" });
    this.foot = el("div", { class: "answer-foot" });
    this.box = el("div", { class: "answer", "aria-busy": "true" }, this.wait, this.body, this.foot);
    this.node = el("article", { class: "turn" }, el("p", { class: "question", text: question }), this.box);
    this.#show(NO_ANSWER);
  }

  /** @param {AnswerEvent} event */
  take(event) {
    this.#show(after(this.answer, event));
  }

  /** @param {Trouble} trouble */
  fail(trouble) {
    this.#show({ ...this.answer, trouble });
  }

  stop() {
    this.#show({ ...this.answer, stopped: true });
  }

  /** @param {Answer} answer */
  #show(answer) {
    const before = this.answer;
    this.answer = answer;
    this.wait.textContent = waiting(answer);
    if (answer.text || ended(answer)) this.wait.remove();
    this.box.classList.toggle("refused", answer.refused);
    if (answer.text !== before.text) {
      this.body.replaceChildren(...pieces(answer.text, answer.sources).map(pieceNode));
    }
    if (!ended(answer)) return;
    this.foot.replaceChildren(...foot(answer));
    this.box.setAttribute("aria-busy", "false");
  }
}

/** @param {Answer} answer */
function foot(answer) {
  const { cited, others } = parted(answer);
  const took = cost(answer);
  /** @type {Node[]} */
  const nodes = answer.trouble ? [problem(answer.trouble)] : [];
  if (cited.length) nodes.push(sourceList(cited, "Sources"));
  if (others.length) {
    const title = `${cited.length ? "Also looked at" : "Looked at"} (${others.length})`;
    nodes.push(el("details", { class: "others" }, el("summary", { text: title }), sourceList(others, title)));
  }
  if (took && !answer.trouble) nodes.push(el("p", { class: "cost", text: took }));
  return nodes;
}

/** @param {Piece} piece */
function pieceNode(piece) {
  if (piece.kind === "text") return piece.text;
  if (piece.kind === "bold") return el("strong", { text: piece.text });
  const { source } = piece;
  const button = el("button", {
    type: "button",
    class: "cite",
    text: source.number,
    title: `${source.name}, page ${source.page}`,
    "aria-label": `Source ${source.number}: ${source.name}, page ${source.page}`,
    on: { click: () => showSource(source) },
  });
  return el("span", { class: "cites" }, button, piece.after);
}

/**
 * @param {SourceOut[]} sources
 * @param {string} title
 */
function sourceList(sources, title) {
  return el("ul", { class: "sources", "aria-label": title }, ...sources.map(sourceItem));
}

/** @param {SourceOut} source */
function sourceItem(source) {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "source", on: { click: () => showSource(source) } },
      el("span", { class: "cite", text: source.number, "aria-hidden": "true" }),
      el("span", { class: "source-name", text: source.name }),
      el("span", { class: "source-where", text: where(source) }),
    ),
  );
}
