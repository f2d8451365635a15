// @ts-check
// The text of an answer as pieces, without a browser.

/** @import { CitationOut, SourceOut } from "../common/schemas.js" */
/**
 * @typedef {{ kind: "text" | "bold" | "code" | "block", text: string }
 *   | { kind: "cite", source: SourceOut, citation: CitationOut, after: string }} Piece
 */

const PIECES = /```(?:[^\n`]*\n)?([^]*?)(?:```\n?|$)|`([^`\n]+)`|\*\*([^*\n]+)\*\*|\[(\d+)\]([.,;:!?)]*)/g;

/**
 * Cut a text into plain text, **bold** text, `code`, blocks of it, and citations [n]; everything else stays text.
 *
 * The citations come in the order of the text. A number in brackets that none of them is for is the text's own,
 * as is every one in code. The stop behind a citation belongs to it: it must not begin a line.
 *
 * @param {string} text
 * @param {SourceOut[] | null} sources
 * @param {readonly CitationOut[]} citations
 * @returns {Piece[]}
 */
export function pieces(text, sources, citations) {
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  let next = 0;
  for (const match of text.matchAll(PIECES)) {
    const [all, block, code, bold, number, after = ""] = match;
    const citation = citations[next];
    const source = citation?.number === Number(number) ? sources?.find((each) => each.number === citation.number) : undefined;
    /** @type {Piece | null} */
    let piece = null;
    if (block !== undefined) piece = { kind: "block", text: block };
    else if (code) piece = { kind: "code", text: code };
    else if (bold) piece = { kind: "bold", text: bold };
    else if (citation && source) piece = { kind: "cite", source, citation, after };
    if (!piece) continue;
    if (piece.kind === "cite") next += 1;
    if (match.index > from) found.push({ kind: "text", text: text.slice(from, match.index) });
    found.push(piece);
    from = match.index + all.length;
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) });
  return found;
}

/**
 * Say how many of the pieces are the same as before, from the first on.
 *
 * @param {readonly Piece[]} before
 * @param {readonly Piece[]} now
 */
export function kept(before, now) {
  const other = now.findIndex((piece, at) => !before[at] || signOf(before[at]) !== signOf(piece));
  return other < 0 ? now.length : other;
}

/** @param {Piece} piece */
const signOf = (piece) => (piece.kind === "cite"
  ? JSON.stringify([piece.citation, piece.after, piece.source.file_id, piece.source.page])
  : `${piece.kind} ${piece.text}`);
