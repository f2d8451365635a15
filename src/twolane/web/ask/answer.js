// @ts-check
// An answer while it comes: each event makes a new one of it, and the page shows what it then is.

/** @import { AnswerEvent } from "../common/api.js" */
/** @import { Trouble } from "../common/dom.js" */
/** @import { DoneOut, SourceOut } from "../common/schemas.js" */
/**
 * @typedef {object} Answer
 * @property {string} text
 * @property {SourceOut[] | null} sources null until they came
 * @property {number[]} cited numbers of sources, in the order in which they were first cited
 * @property {boolean} refused
 * @property {Trouble | null} trouble
 * @property {DoneOut | null} done
 * @property {boolean} stopped
 */
/**
 * @typedef {{ kind: "text", text: string } | { kind: "bold", text: string }
 *   | { kind: "cite", source: SourceOut, after: string }} Piece
 */

/** @type {Answer} */
export const NO_ANSWER = {
  text: "", sources: null, cited: [], refused: false, trouble: null, done: null, stopped: false,
};

const PIECES = /\[(\d+)\]([.,;:!?)]*)|\*\*([^*\n]+)\*\*/g;

/** @param {Answer} answer */
export const ended = ({ done, trouble, stopped }) => Boolean(done || trouble || stopped);

/**
 * Return the answer as it is after one more event.
 *
 * @param {Answer} answer
 * @param {AnswerEvent} event
 * @returns {Answer}
 */
export function after(answer, { name, data }) {
  switch (name) {
    case "sources":
      return { ...answer, sources: data.sources };
    case "text":
      return { ...answer, text: answer.text + data.text };
    case "citation":
      return answer.cited.includes(data.number) ? answer : { ...answer, cited: [...answer.cited, data.number] };
    case "refusal":
      return { ...answer, refused: true, text: answer.text || data.reason };
    case "error":
      return { ...answer, trouble: { message: data.error, remedy: data.remedy } };
    case "done":
      // An error has been shown by then, and says more.
      return answer.trouble ? answer : { ...answer, text: data.text || answer.text, cited: data.cited, done: data };
    default:
      return answer; // of a newer server
  }
}

/**
 * Cut a text into plain text, **bold** text and citations [n] of these sources; everything else stays text.
 *
 * The stop behind a citation belongs to it: it must not begin a line.
 *
 * @param {string} text
 * @param {SourceOut[] | null} sources
 * @returns {Piece[]}
 */
export function pieces(text, sources) {
  const byNumber = new Map((sources ?? []).map((source) => [source.number, source]));
  /** @type {Piece[]} */
  const found = [];
  let from = 0;
  for (const match of text.matchAll(PIECES)) {
    const [all, number, stop = "", bold] = match;
    const source = byNumber.get(Number(number));
    if (match.index > from) found.push({ kind: "text", text: text.slice(from, match.index) });
    if (bold) found.push({ kind: "bold", text: bold });
    else if (source) found.push({ kind: "cite", source, after: stop });
    else found.push({ kind: "text", text: all });
    from = match.index + all.length;
  }
  if (from < text.length) found.push({ kind: "text", text: text.slice(from) });
  return found;
}

/**
 * Part the sources into those that the answer rests on and those that were only looked at.
 *
 * @param {Answer} answer
 */
export function parted({ sources, cited }) {
  const all = sources ?? [];
  return {
    cited: all.filter((source) => cited.includes(source.number)),
    others: all.filter((source) => !cited.includes(source.number)),
  };
}

/**
 * What stands where no word has come yet.
 *
 * @param {Answer} answer
 */
export function waiting({ sources }) {
  if (sources === null) return "Looking through your files";
  return sources.length === 1 ? "Reading one passage" : `Reading ${sources.length} passages`;
}

/**
 * What the answer took, or nothing where no model was asked.
 *
 * @param {Answer} answer
 */
export function cost({ done, stopped }) {
  if (stopped) return "Stopped.";
  if (!done?.seconds) return "";
  return `${done.seconds.toFixed(1)} s, first word after ${done.first_token_s.toFixed(1)} s`;
}

/** @param {SourceOut} source */
export const where = ({ page, heading }) => [`page ${page}`, heading].filter(Boolean).join(" · ");
