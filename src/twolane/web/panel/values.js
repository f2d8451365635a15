// @ts-check
// The fields of a document as the panel shows them and takes them in, without a browser.

import { languageName, named, percent } from "../common/format.js";
import { say } from "../common/say.js";
import { fieldName } from "../common/shipped.js";
import { told } from "../common/told.js";

/** @import { CopyOut, FactOut, FieldOut } from "../common/schemas.js" */
/** @import { Passage } from "../common/router.js" */
/**
 * @typedef {object} Shown
 * @property {string} field
 * @property {string} name
 * @property {string} value as people read it; "" where there is none
 * @property {string} words the document's own, where they differ from the value
 * @property {string} about where it comes from and how sure it is
 * @property {string} reason
 * @property {boolean} unsure
 * @property {boolean} own whether a person said it
 * @property {{ page: number, passage: Passage } | null} place where it stands
 * @property {string} draft what an editor begins with
 * @property {"date" | "text"} input
 */

const UNSURE_BELOW = 0.75;

/**
 * @param {FactOut} fact
 * @returns {Shown}
 */
export function shownOf(fact) {
  const { field, type, value, words, confidence, guess, source, page, start, end, shown } = fact;
  const name = fieldName(field, fact.name);
  const own = source === "person";
  const read = type === "language" && value ? languageName(value) : shown || value;
  return {
    field,
    name,
    value: read,
    words: alike(words, read) || alike(words, value) ? "" : words,
    about: guess ? say().panel.a_guess(aboutOf(source, confidence)) : aboutOf(source, confidence),
    reason: told(fact, "reason"),
    unsure: guess || (source !== null && !own && confidence < UNSURE_BELOW),
    own,
    place: page === null || !words ? null : {
      page, passage: { text: words, heading: name, ...(start === null || end === null ? {} : { spans: [[start, end]] }) },
    },
    draft: value,
    input: type === "date" ? "date" : "text",
  };
}

/** @type {(source: string | null, confidence: number) => string} */
function aboutOf(source, confidence) {
  if (!source) return "";
  const from = named(say().panel.sources, source);
  return source === "person" ? say().panel.said_by_you : say().panel.certain(from, percent(confidence));
}

/** @type {(one: string, other: string) => boolean} whether two texts are the same but for blanks and case */
const alike = (one, other) => plain(one) === plain(other);

/** @param {string} text */
const plain = (text) => text.trim().replace(/\s+/g, " ").toLocaleLowerCase();

/**
 * Return a field of which nothing is known, as it is shown.
 *
 * @param {FieldOut} field
 */
export const unknown = ({ id, name, type }) => shownOf({
  field: id, name, type, value: "", words: "", confidence: 0, guess: false, source: null, reason: "", said: {}, page: null, start: null, end: null, shown: "",
});

/**
 * Return the tags that a person typed, without those that are there already.
 *
 * @param {string} typed several are parted by commas
 * @param {readonly string[]} there
 */
export function tagsIn(typed, there) {
  const all = typed.split(/[,;،、，\n]/).map((tag) => tag.trim().replace(/\s+/g, " ")).filter(Boolean);
  return all.filter((tag, at) => ![...there, ...all.slice(0, at)].some((each) => alike(each, tag)));
}

/**
 * Return what else there is of a paper, the newest first, and whether a file itself is the newest.
 *
 * @param {readonly CopyOut[]} files
 * @param {number} id of the file
 */
export function othersOf(files, id) {
  const others = files.filter(({ file }) => file.file_id !== id).map((copy) => {
    const kind = say().panel.kinds[copy.kind];
    return { copy, about: [kind, copy.file.dated_at, told(copy, "reason")].filter(Boolean).join(" · ") };
  });
  return { others, isNewest: files.some(({ file, newest }) => newest && file.file_id === id) };
}
