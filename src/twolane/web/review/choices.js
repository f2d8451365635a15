// @ts-check
// What a person can say of a file in review, and by which keys: the same as in `twolane review`.

import { percent } from "../common/format.js";
import { say } from "../common/say.js";
import { isNarrowed } from "../common/session.js";

/** @import { CategoryOut, ChangeOut, ClassificationOut } from "../common/schemas.js" */
/**
 * @typedef {object} Choice
 * @property {string} key "" where there are more categories than keys
 * @property {string} id
 * @property {string} name
 * @property {string} description
 * @property {number} probability 0 where it is not known
 */
/** @typedef {"accept" | "none" | "search" | "skip" | "back" | "undo" | "leave"} Verb */

export const TOP = 5;

/** @type {Record<string, Verb>} */
const VERBS = {
  y: "accept", Enter: "accept", 0: "none", "/": "search", s: "skip", j: "skip", k: "back", u: "undo", q: "leave",
};
const LETTERS = [..."abcdefghijklmnopqrstuvwxyz"].filter((letter) => !(letter in VERBS));

/** @param {string} cause as the API names it */
export const causeWord = (cause) => /** @type {Record<string, string>} */ (say().review.causes)[cause] ?? cause;

/** @param {ClassificationOut | null} decided */
export const causeOf = (decided) => (decided?.review_cause ? causeWord(decided.review_cause) : "");

/**
 * Return the categories with their keys: the likeliest by digits, the rest by letters in their order.
 *
 * @param {CategoryOut[]} categories
 * @param {ClassificationOut | null} decided
 * @returns {Choice[]}
 */
export function choicesOf(categories, decided) {
  const shares = new Map(decided?.scores.map(({ category, probability }) => [category, probability]));
  /** @param {CategoryOut} category */
  const rank = ({ id }) => (id === decided?.category ? 2 : shares.get(id) ?? 0);
  const ranked = categories.toSorted((one, other) => rank(other) - rank(one));
  const top = ranked.slice(0, decided ? TOP : 0);
  const keys = [...top.map((_, place) => String(place + 1)), ...LETTERS];
  const all = [...top, ...categories.filter((category) => !top.includes(category))];
  return all.map(({ id, name, description }, place) => ({
    key: keys[place] ?? "", id, name, description, probability: shares.get(id) ?? 0,
  }));
}

/**
 * Return what comes next after a proposal, where that is known: the likeliest of all others.
 *
 * @param {Choice[]} choices
 * @param {ClassificationOut | null} decided
 */
export function runnerUp(choices, decided) {
  const others = choices.filter(({ id, probability }) => id !== decided?.category && probability > 0);
  return others.toSorted((one, other) => other.probability - one.probability)[0] ?? null;
}

/**
 * Return the choices that have all these words, those with the words in their names first.
 *
 * @param {Choice[]} choices
 * @param {string} words
 */
export function matching(choices, words) {
  const sought = words.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  /** @type {(text: string) => boolean} */
  const has = (text) => sought.every((word) => text.toLocaleLowerCase().includes(word));
  const byName = choices.filter(({ id, name }) => has(`${id} ${name}`));
  const more = choices.filter((choice) => !byName.includes(choice) && has(`${choice.name} ${choice.description}`));
  return [...byName, ...more];
}

/**
 * Return what a key means: a verb, a choice, or null.
 *
 * @param {string} key as the browser names it
 * @param {Choice[]} choices
 * @returns {Verb | Choice | null}
 */
export function meaning(key, choices) {
  const plain = key.length === 1 ? key.toLowerCase() : key;
  return VERBS[plain] ?? choices.find((choice) => choice.key && choice.key === plain) ?? null;
}

/**
 * Return in words what filing again would change of a file.
 *
 * @param {ChangeOut} change
 * @param {(category: string) => string} nameOf
 */
export function differenceOf({ file, category, confidence, review }, nameOf) {
  /** @type {(id: string, inReview: boolean) => string} */
  const place = (id, inReview) => (inReview ? say().review.to_review(nameOf(id)) : nameOf(id));
  const before = file.classification;
  return {
    name: file.name,
    was: before ? place(before.category, before.review) : "",
    now: place(category, review),
    certain: percent(confidence),
  };
}

/** Say that nothing waits, of what one may see. */
export const allPlaced = () => (isNarrowed() ? say().review.seen_placed : say().review.all_placed);
