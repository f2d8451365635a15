// @ts-check
// The text of an answer as blocks of Markdown, without a browser: what is none of these forms is a paragraph.

/**
 * @typedef {{ kind: "paragraph" | "code" | "quote", text: string }
 *   | { kind: "heading", level: number, text: string }
 *   | { kind: "rule" }
 *   | { kind: "list", ordered: boolean, start: number, items: Item[] }
 *   | { kind: "table", head: string[], ends: boolean[], rows: string[][] }} Block
 */
/** @typedef {{ text: string, below: Block[] }} Item */

const FENCE = /^ {0,3}(```+|~~~+)/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*$/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const ITEM = /^([ \t]*)([-*+]|(\d{1,9})[.)])[ \t]+(.*)$/;
const QUOTE = /^ {0,3}>[ \t]?(.*)$/;
const BETWEEN = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
const DEEPEST = 6;

/**
 * @param {string} text
 * @returns {Block[]}
 */
export function blocks(text) {
  return blocksOf(text.split("\n"), 0);
}

/**
 * @param {string[]} lines
 * @param {number} depth of the lists that they stand in
 * @returns {Block[]}
 */
function blocksOf(lines, depth) {
  /** @type {Block[]} */
  const found = [];
  /** @type {string[]} */
  let paragraph = [];
  const end = () => {
    if (paragraph.length) found.push({ kind: "paragraph", text: paragraph.join("\n") });
    paragraph = [];
  };
  for (let at = 0; at < lines.length;) {
    const special = blockAt(lines, at, depth, paragraph.length > 0);
    if (special) {
      end();
      found.push(special.block);
      at = special.next;
      continue;
    }
    const line = lines[at] ?? "";
    if (line.trim()) paragraph.push(line);
    else end();
    at += 1;
  }
  end();
  return found;
}

/**
 * Return the block that begins with a line, and the line behind it; null where it is one of a paragraph.
 *
 * @param {string[]} lines
 * @param {number} at
 * @param {number} depth
 * @param {boolean} inParagraph
 * @returns {{ block: Block, next: number } | null}
 */
function blockAt(lines, at, depth, inParagraph) {
  const line = lines[at] ?? "";
  const fence = FENCE.exec(line)?.[1];
  if (fence) return code(lines, at, fence);
  const [, signs, title] = HEADING.exec(line) ?? [];
  if (signs && title) return { block: { kind: "heading", level: signs.length, text: title }, next: at + 1 };
  if (RULE.test(line)) return { block: { kind: "rule" }, next: at + 1 };
  if (QUOTE.test(line)) return quote(lines, at);
  const item = ITEM.exec(line);
  // "of the year\n2025. It is" goes on with its paragraph
  if (item && depth < DEEPEST && !(inParagraph && item[3] !== undefined && item[3] !== "1")) return list(lines, at, depth);
  if (line.includes("|") && (lines[at + 1] ?? "").includes("-") && BETWEEN.test(lines[at + 1] ?? "")) return table(lines, at);
  return null;
}

/** @type {(lines: string[], at: number, fence: string) => { block: Block, next: number }} */
function code(lines, at, fence) {
  const last = lines.findIndex((line, index) => index > at && line.trim().startsWith(fence) && !line.trim().slice(fence.length).trim());
  const end = last < 0 ? lines.length : last; // it may be being written still
  return { block: { kind: "code", text: lines.slice(at + 1, end).join("\n") }, next: end + 1 };
}

/** @type {(lines: string[], at: number) => { block: Block, next: number }} */
function quote(lines, at) {
  const own = [];
  let next = at;
  for (let match = QUOTE.exec(lines[next] ?? ""); match; match = QUOTE.exec(lines[next] ?? "")) {
    own.push(match[1] ?? "");
    next += 1;
  }
  return { block: { kind: "quote", text: own.join("\n") }, next };
}

/** @type {(lines: string[], at: number, depth: number) => { block: Block, next: number }} */
function list(lines, at, depth) {
  const first = ITEM.exec(lines[at] ?? "");
  const ordered = first?.[3] !== undefined;
  /** @type {Item[]} */
  const items = [];
  let next = at;
  for (let item = first; item && (item[3] !== undefined) === ordered; item = ITEM.exec(lines[next] ?? "")) {
    const inner = (item[1] ?? "").length;
    const from = next += 1;
    // What is further in, or a blank line before such a one, belongs to the item.
    while (next < lines.length && (isIn(lines[next] ?? "", inner) || (!lines[next]?.trim() && isIn(lines[next + 1] ?? "", inner)))) next += 1;
    const below = blocksOf(lines.slice(from, next).map((line) => line.slice(inner).replace(/^[ \t]{1,4}/, "")), depth + 1);
    const goesOn = below[0]?.kind === "paragraph" && lines[from]?.trim() ? below.shift() : undefined;
    items.push({ text: [item[4] ?? "", goesOn && "text" in goesOn ? goesOn.text : ""].filter(Boolean).join("\n"), below });
    while (next < lines.length && !lines[next]?.trim() && ITEM.test(lines[next + 1] ?? "")) next += 1;
    if ((ITEM.exec(lines[next] ?? "")?.[1] ?? "").length < inner) break;
  }
  return { block: { kind: "list", ordered, start: Number(first?.[3] ?? 1), items }, next };
}

/** @type {(line: string, inner: number) => boolean} */
const isIn = (line, inner) => line.trim() !== "" && (/^[ \t]*/.exec(line)?.[0] ?? "").length > inner;

/** @type {(lines: string[], at: number) => { block: Block, next: number }} */
function table(lines, at) {
  const head = cells(lines[at] ?? "");
  const ends = cells(lines[at + 1] ?? "").map((cell) => cell.endsWith(":"));
  const rows = [];
  let next = at + 2;
  while (lines[next]?.includes("|")) {
    rows.push(cells(lines[next] ?? "").slice(0, head.length));
    next += 1;
  }
  return { block: { kind: "table", head, ends, rows }, next };
}

/** @param {string} line */
const cells = (line) => line.trim().replace(/^\||(?<!\\)\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));
