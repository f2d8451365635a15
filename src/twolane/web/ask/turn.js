// @ts-check
// One question and its answer on the page, growing while the events come.

import { el, problem } from "../common/dom.js";
import { showSource } from "../panel/panel.js";
import {
  NO_ANSWER, WEAK, after, cost, ended, isWeak, parted, pieces, rests, stated, waiting, where,
} from "./answer.js";

/** @import { AnswerEvent } from "../common/api.js" */
/** @import { Trouble } from "../common/dom.js" */
/** @import { SourceOut, StatedValueOut } from "../common/schemas.js" */
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
    if (answer.text !== before.text || answer.citations !== before.citations) {
      this.body.replaceChildren(...pieces(answer.text, answer.sources, answer.citations).map(pieceNode));
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
  if (answer.reason) nodes.push(el("p", { class: "reason", text: answer.reason }));
  if (answer.done?.cut) nodes.push(el("p", { class: "reason", text: "The answer was cut off." }));
  nodes.push(...answer.contradictions.map(contradiction));
  if (cited.length) nodes.push(sourceList(answer, cited, "Sources"));
  if (others.length) nodes.push(otherSources(answer, others));
  if (took && !answer.trouble) nodes.push(el("p", { class: "cost", text: took }));
  return nodes;
}

/** @param {StatedValueOut[]} values */
function contradiction(values) {
  const items = stated(values).map((text) => el("li", { text }));
  return el("div", { class: "differ", role: "note" }, el("p", { text: "Your files differ:" }), el("ul", {}, ...items));
}

/**
 * What was looked at beside what is cited: open where there is no answer, since it is all there is to see.
 *
 * @param {Answer} answer
 * @param {SourceOut[]} others
 */
function otherSources(answer, others) {
  const looked = answer.citations.length ? "Also looked at" : "Looked at";
  const title = `${answer.refused ? "Nearest in your files" : looked} (${others.length})`;
  return el(
    "details",
    { class: "others", open: answer.refused },
    el("summary", { text: title }),
    sourceList(answer, others, title),
  );
}

/** @param {Piece} piece */
function pieceNode(piece) {
  if (piece.kind === "text") return piece.text;
  if (piece.kind === "bold") return el("strong", { text: piece.text });
  const { source, citation } = piece;
  const weak = isWeak(citation);
  const about = [`${source.name}, page ${source.page}`, weak ? WEAK : ""].filter(Boolean).join(": ");
  const button = el("button", {
    type: "button",
    class: weak ? "cite weak" : "cite",
    text: weak ? `${source.number}?` : source.number,
    title: about,
    "aria-label": `Source ${source.number}: ${about}`,
    on: { click: () => showSource(source, citation?.spans) },
  });
  return el("span", { class: "cites" }, button, piece.after);
}

/**
 * @param {Answer} answer
 * @param {SourceOut[]} sources
 * @param {string} title
 */
function sourceList(answer, sources, title) {
  return el("ul", { class: "sources", "aria-label": title }, ...sources.map((source) => sourceItem(answer, source)));
}

/**
 * @param {Answer} answer
 * @param {SourceOut} source
 */
function sourceItem(answer, source) {
  const { spans, weak } = rests(answer, source);
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "source", title: weak ? WEAK : null, on: { click: () => showSource(source, spans) } },
      el("span", { class: weak ? "cite weak" : "cite", text: source.number, "aria-hidden": "true" }),
      el("span", { class: "source-name", text: source.name }),
      el("span", { class: "source-where", text: where(source) }),
    ),
  );
}
