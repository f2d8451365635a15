// @ts-check
// An answer while it comes: each event makes a new one of it, and the page shows what it then is.

import { say } from "../common/say.js";
import { told } from "../common/told.js";

/** @import { AnswerEvent } from "../common/api.js" */
/** @import { Trouble } from "../common/dom.js" */
/** @import { AskedFilterOut, CatalogueOut, CitationOut, DoneOut, SourceOut, SpanOut, StatedValueOut, TurnOut } from "../common/schemas.js" */
/**
 * @typedef {object} Answer
 * @property {string} question what was searched for, where that is not what was asked
 * @property {number} place in the line before the model: 1 is next, 0 where it does not wait
 * @property {string} extracts why the text quotes the files, "" where a model wrote it: one may answer after all
 * @property {AskedFilterOut[]} filters what was read out of the question
 * @property {CatalogueOut | null} catalogue where the catalogue answers, and not passages
 * @property {string} text
 * @property {SourceOut[] | null} sources null until they came
 * @property {CitationOut[]} citations in the order of the text
 * @property {boolean} refused
 * @property {boolean} interrupted whether the model broke off, and the rest is waited for
 * @property {string} reason what is said of an answer that the files do not prove, below its text
 * @property {StatedValueOut[][]} contradictions where files state different values, the newest first
 * @property {Trouble | null} trouble
 * @property {Pick<DoneOut, "seconds" | "first_token_s" | "cut" | "waiting_files"> | null} done
 * @property {boolean} stopped
 */
/** @type {Answer} */
export const NO_ANSWER = {
  question: "", place: 0, extracts: "", text: "", sources: null, citations: [], refused: false, interrupted: false, reason: "", contradictions: [],
  filters: [], catalogue: null, trouble: null, done: null, stopped: false,
};

const SHORTEST_S = 0.05; // it would be told as 0.0

/** @param {Answer} answer */
export const ended = ({ done, trouble, stopped }) => Boolean(done || trouble || stopped);

/**
 * Say whether more has come than where to look: it then takes the place of what it replaces.
 *
 * @param {Answer} answer
 */
export const begun = ({ text, catalogue, done }) => Boolean(text || catalogue || done);

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
      // the answer begins, perhaps anew
      return { ...answer, sources: data.sources, extracts: "", text: "", citations: [] };
    case "extracts":
      return { ...answer, extracts: data.cause };
    case "filters":
      return { ...answer, filters: data.filters };
    case "catalogue":
      return { ...answer, catalogue: data };
    case "question":
      return { ...answer, question: data.question };
    case "waiting":
      return { ...answer, place: data.place };
    case "text":
      return { ...answer, place: 0, interrupted: false, text: answer.text + data.text };
    case "interrupted":
      return { ...answer, interrupted: true };
    case "citation":
      return { ...answer, citations: [...answer.citations, data] };
    case "contradiction":
      return { ...answer, contradictions: [...answer.contradictions, data.values] };
    case "refusal":
      return answer.text
        ? { ...answer, refused: true, reason: data.reason }
        : { ...answer, refused: true, text: data.reason };
    case "error":
      return { ...answer, trouble: { message: told(data, "error"), remedy: told(data, "remedy") } };
    case "done":
      // An error has been shown by then, and says more.
      return answer.trouble ? answer : { ...answer, text: data.text || answer.text, citations: data.citations, done: data };
    default:
      return answer; // of a newer server
  }
}

/**
 * Return the answer of a turn that was kept.
 *
 * @param {TurnOut} turn
 * @returns {Answer}
 */
export function answerOf(turn) {
  const { full_question: question, state, sources, citations, catalogue, filters, refusal, error } = turn;
  const reason = refusal?.reason ?? "";
  return {
    ...NO_ANSWER,
    question,
    filters,
    catalogue,
    extracts: turn.extracts ?? "",
    sources: state === "answering" || sources.length ? sources : null,
    citations,
    text: turn.text || reason,
    refused: refusal !== null,
    reason: turn.text === reason ? "" : turn.text && reason,
    contradictions: turn.contradictions.map(({ values }) => values),
    trouble: error && { message: told(error, "error"), remedy: told(error, "remedy") },
    done: state === "done" ? { ...turn, waiting_files: 0 } : null, // what was not read then may be now
    stopped: state === "stopped",
  };
}

/**
 * Return an answer as a text to be pasted elsewhere, with what it cites below it.
 *
 * @param {Answer} answer
 */
export function asText(answer) {
  const cited = parted(answer).cited.map(({ number, name, place }) => `- [${number}] ${placed(name, place)}`);
  return [answer.text, answer.reason, cited.join("\n")].filter(Boolean).join("\n\n");
}

/**
 * Part the sources into those that the answer rests on and those that were only looked at.
 *
 * @param {Answer} answer
 */
export function parted({ sources, citations }) {
  const all = sources ?? [];
  const cited = new Set(citations.map(({ number }) => number));
  return {
    cited: all.filter((source) => cited.has(source.number)),
    others: all.filter((source) => !cited.has(source.number)),
  };
}

/**
 * All that the answer's citations of a source mark in it, and whether none of them is fully stated there.
 *
 * @param {Answer} answer
 * @param {SourceOut} source
 * @returns {{ spans: SpanOut[], weak: boolean }}
 */
export function rests({ citations }, source) {
  const own = citations.filter(({ number }) => number === source.number);
  return { spans: distinct(own.flatMap(({ spans }) => spans)), weak: own.length > 0 && own.every(isWeak) };
}

/** @type {(citation: CitationOut | null) => boolean} */
export const isWeak = (citation) => citation?.status === "weak";

/**
 * Leave out the spans that overlap an earlier one.
 *
 * @param {SpanOut[]} spans
 */
function distinct(spans) {
  const ordered = [...spans].sort((one, other) => one.start - other.start || other.end - one.end);
  let end = -1;
  return ordered.filter((span) => {
    if (span.start < end) return false;
    end = span.end;
    return true;
  });
}

/**
 * What stands where no word has come yet.
 *
 * @param {Answer} answer
 */
export function waiting({ sources, place }) {
  const words = say().ask;
  if (place) return place === 1 ? words.next_in_line : words.in_line(place);
  return sources === null ? words.looking : words.reading(sources.length);
}

/**
 * What the answer took, or nothing where no model was asked.
 *
 * @param {Answer} answer
 */
export function cost({ done, stopped }) {
  if (stopped) return say().ask.stopped;
  if (!done || done.seconds < SHORTEST_S) return "";
  const whole = `${done.seconds.toFixed(1)} s`;
  return done.first_token_s < SHORTEST_S ? whole : say().ask.took(whole, `${done.first_token_s.toFixed(1)} s`);
}

/**
 * What the answer leaves out, since it has not been read yet.
 *
 * @param {Answer} answer
 */
export function unread({ done }) {
  const files = done?.waiting_files ?? 0;
  return files ? say().ask.unread(files) : "";
}

/** @type {(name: string, place: string) => string} */
export const placed = (name, place) => [name, place].filter(Boolean).join(", ");

/** @param {SourceOut} source */
export const where = ({ place, heading }) => [place, place.includes(heading) ? "" : heading].filter(Boolean).join(" · ");

/**
 * Return the values that files state, each with where it stands: "2.31 (2025-01-02, tariff.pdf, page 2)".
 *
 * @param {StatedValueOut[]} values
 */
export function stated(values) {
  return values.map(({ value, dated_at, name, place: at }) => {
    const place = [dated_at, name, at].filter(Boolean).join(", ");
    return `${value} (${place})`;
  });
}
