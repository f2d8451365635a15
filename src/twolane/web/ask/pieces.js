// @ts-check
// The text of an answer as pieces, without a browser.

/** @import { CitationOut, SourceOut } from "../common/schemas.js" */
/**
 * @typedef {{ kind: "text" | "bold" | "italic" | "code", text: string }
 *   | { kind: "cite", source: SourceOut, citation: CitationOut, after: string }} Piece
 */

const PIECES = new RegExp([
  /`([^`\n]+)`/, /\*\*(?=\S)((?:[^*\n]|\*(?!\*))+)\*\*/, /(?<![\w*])[*](?=\S)([^*\n]*[^\s*])[*](?![\w*])|(?<!\w)_(?=\S)([^_\n]*[^\s_])_(?!\w)/,
  /\[(\d+)\]([.,;:!?)]*)/,
].map(({ source }) => source).join("|"), "g");

/**
 * Cut a text into plain text, **bold** and *italic* text, `code`, and citations [n]; everything else stays text.
 *
 * The citations come in the order of the text. A number in brackets that none of them is for is the text's own,
 * as is every one in code. The stop behind a citation belongs to it: it must not begin a line.
 *
 * @param {string} text
 * @param {SourceOut[] | null} sources
 * @param {readonly CitationOut[]} citations
 * @param {number} [first] which citation is the first of this text
 * @returns {Piece[]}
 */
export function pieces(text, sources, citations, first = 0) {
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  let next = first;
  for (const match of text.matchAll(PIECES)) {
    const [all, code, bold, starred, lined, number, after = ""] = match;
    const italic = starred ?? lined;
    const citation = citations[next];
    const source = citation?.number === Number(number) ? sources?.find((each) => each.number === citation.number) : undefined;
    /** @type {Piece[]} */
    let own = [];
    if (code) own = [{ kind: "code", text: code }];
    else if (bold) own = within("bold", pieces(bold, sources, citations, next));
    else if (italic) own = within("italic", pieces(italic, sources, citations, next));
    else if (citation && source) own = [{ kind: "cite", source, citation, after }];
    if (!own.length) continue;
    next += cited(own);
    if (match.index > from) found.push({ kind: "text", text: text.slice(from, match.index) });
    found.push(...own);
    from = match.index + all.length;
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) });
  return found;
}

/** @param {readonly Piece[]} found */
export const cited = (found) => found.filter(({ kind }) => kind === "cite").length;

/**
 * @param {"bold" | "italic"} kind
 * @param {Piece[]} found what stands within the stars
 * @returns {Piece[]}
 */
const within = (kind, found) => found.map((piece) => (piece.kind === "text" ? { kind, text: piece.text } : piece));

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
