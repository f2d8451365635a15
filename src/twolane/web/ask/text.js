// @ts-check
// The text of an answer on the page: whatever a model writes, it is only ever text.

import { el } from "../common/dom.js";
import { say } from "../common/say.js";
import { blocks } from "./blocks.js";
import { cited, kept, pieces } from "./pieces.js";
import { citeButton } from "./sources.js";

/** @import { CitationOut, SourceOut } from "../common/schemas.js" */
/** @import { Block, Item } from "./blocks.js" */
/** @import { Piece } from "./pieces.js" */

export class AnswerText {
  node = el("div", { class: "answer-text", dir: "auto" });
  /** @type {string[]} what each block on the page was drawn of */
  #signs = [];
  /** @type {Piece[]} those of the last block, where it is a paragraph */
  #last = [];

  /** What is shown, as it is read out. */
  get plain() {
    return [...this.node.querySelectorAll("p, .heading, li, th, td, pre, blockquote")].filter((each) => !each.querySelector("p, li"))
      .map(({ textContent }) => textContent).join("\n");
  }

  /**
   * Show a text; blocks that are the same stay, with the focus and the selection in them.
   *
   * @param {string} text
   * @param {SourceOut[] | null} sources
   * @param {readonly CitationOut[]} citations
   */
  show(text, sources, citations) {
    const drawing = new Drawing(sources, citations);
    const signs = [];
    let at = 0;
    const was = this.#last;
    for (const block of blocks(text)) {
      const from = drawing.next;
      const own = block.kind === "paragraph" ? drawing.pieces(block.text) : [];
      if (block.kind !== "paragraph") drawing.skip(block);
      const used = citations.slice(from, drawing.next);
      const sign = JSON.stringify([block, used, used.map(({ number }) => sources?.find((each) => each.number === number)?.file_id)]);
      const node = this.node.children[at];
      if (sign !== this.#signs[at]) {
        const grows = at === this.#signs.length - 1 && block.kind === "paragraph" && node instanceof HTMLParagraphElement;
        if (grows) showPieces(node, was, own);
        else {
          drawing.next = from;
          const drawn = drawing.block(block);
          if (node) node.replaceWith(drawn);
          else this.node.append(drawn);
        }
      }
      this.#last = own;
      signs.push(sign);
      at += 1;
    }
    while (this.node.children.length > at) this.node.lastElementChild?.remove();
    this.#signs = signs;
  }
}

/** Draws blocks one after the other: each citation of the answer is for the next mark of its number in the text. */
class Drawing {
  next = 0;
  #sources;
  #citations;

  /**
   * @param {SourceOut[] | null} sources
   * @param {readonly CitationOut[]} citations
   */
  constructor(sources, citations) {
    this.#sources = sources;
    this.#citations = citations;
  }

  /** @param {string} text */
  pieces(text) {
    const found = pieces(text, this.#sources, this.#citations, this.next);
    this.next += cited(found);
    return found;
  }

  /** @param {Block} block */
  skip(block) {
    for (const text of textsOf(block)) this.pieces(text);
  }

  /** @param {string} text */
  #inline(text) {
    return this.pieces(text).map(pieceNode);
  }

  /**
   * @param {Block} block
   * @returns {HTMLElement}
   */
  block(block) {
    switch (block.kind) {
      case "paragraph": return el("p", {}, ...this.#inline(block.text));
      case "quote": return el("blockquote", {}, ...this.#inline(block.text));
      case "code": return el("pre", { tabindex: 0, "aria-label": say().ask.code }, el("code", { text: block.text }));
      case "rule": return el("hr");
      // The page has its own headings above: those of an answer are told apart, and lead nowhere.
      case "heading": return el("div", { class: `heading level-${Math.min(3, block.level)}`, role: "heading", "aria-level": Math.min(6, block.level + 3) }, ...this.#inline(block.text));
      case "list": return el(block.ordered ? "ol" : "ul", { start: block.ordered && block.start !== 1 ? block.start : null }, ...block.items.map((item) => this.#item(item)));
      case "table": return this.#table(block);
    }
  }

  /** @param {Item} item */
  #item({ text, below }) {
    return el("li", {}, ...this.#inline(text), ...below.map((block) => this.block(block)));
  }

  /** @param {Extract<Block, { kind: "table" }>} block */
  #table({ head, ends, rows }) {
    /** @type {(tag: "th" | "td", cell: string, at: number) => Node} */
    const drawn = (tag, cell, at) => el(tag, { class: ends[at] ? "ends" : "", scope: tag === "th" ? "col" : null }, ...this.#inline(cell));
    return el(
      "div", { class: "answer-table", role: "group", tabindex: 0, "aria-label": say().ask.table },
      el(
        "table", {},
        el("thead", {}, el("tr", {}, ...head.map((cell, at) => drawn("th", cell, at)))),
        el("tbody", {}, ...rows.map((row) => el("tr", {}, ...head.map((_, at) => drawn("td", row[at] ?? "", at))))),
      ),
    );
  }
}

/**
 * The texts of a block in which citations can stand, in the order in which it is drawn.
 *
 * @param {Block} block
 * @returns {string[]}
 */
function textsOf(block) {
  switch (block.kind) {
    case "code": case "rule": return [];
    case "list": return block.items.flatMap(({ text, below }) => [text, ...below.flatMap(textsOf)]);
    case "table": return [...block.head, ...block.rows.flatMap((row) => block.head.map((_, at) => row[at] ?? ""))];
    default: return [block.text];
  }
}

/**
 * Put the pieces into a node that shows earlier ones: what is the same stays.
 *
 * @param {Node} node
 * @param {readonly Piece[]} before
 * @param {readonly Piece[]} now
 */
function showPieces(node, before, now) {
  let same = kept(before, now);
  const [was, is, last] = [before[same], now[same], node.childNodes[same]];
  if (was?.kind === "text" && is?.kind === "text" && is.text.startsWith(was.text) && last instanceof Text) {
    last.appendData(is.text.slice(was.text.length));
    same += 1;
  }
  while (node.childNodes.length > same) node.lastChild?.remove();
  for (const piece of now.slice(same)) node.appendChild(pieceNode(piece));
}

/** @param {Piece} piece */
function pieceNode(piece) {
  switch (piece.kind) {
    case "text": return new Text(piece.text);
    case "bold": return el("strong", { text: piece.text });
    case "italic": return el("em", { text: piece.text });
    case "code": return el("code", { text: piece.text });
    case "cite": return el("span", { class: "cites" }, citeButton(piece.source, piece.citation), piece.after);
  }
}
