// @ts-check
// The text of an answer on the page: whatever a model writes, it is only ever text.

import { el } from "../common/dom.js";
import { kept } from "./pieces.js";
import { citeButton } from "./sources.js";

/** @import { Piece } from "./pieces.js" */

/**
 * Put the pieces into a node that shows earlier ones: what is the same stays, with its focus and its selection.
 *
 * @param {Node} node
 * @param {readonly Piece[]} before
 * @param {readonly Piece[]} now
 */
export function show(node, before, now) {
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
    case "code": return el("code", { text: piece.text });
    case "block": return el("pre", { tabindex: 0, "aria-label": "Code" }, el("code", { text: piece.text }));
    case "cite": return el("span", { class: "cites" }, citeButton(piece.source, piece.citation), piece.after);
  }
}
