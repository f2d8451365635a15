// @ts-check
// Which files the next question is about, as a person chose them: beside what is read from the question itself.

import { say } from "../common/say.js";
import { NO_SEARCH, narrowedBy } from "../common/sought.js";
import { SearchControls, inWords } from "../search/controls.js";

/** @import { Wanted } from "../common/sought.js" */

/** @type {readonly (keyof Wanted)[]} */
const NAMES = ["category", "correspondent", "since", "until", "tag", "folder", "kind"];

/** Choices that stay until they are taken away. */
export class Narrow {
  wanted = NO_SEARCH;
  #controls = new SearchControls("ask", (change) => this.take({ ...this.wanted, ...change }), { names: NAMES, label: say().ask.narrow_to });

  get node() {
    return this.#controls.node;
  }

  /** @param {Wanted} wanted */
  take(wanted) {
    this.wanted = wanted;
    this.#controls.follow(wanted);
  }

  /** Return the choices as the API takes them, each as kind:value. */
  get within() {
    return withinOf(this.wanted);
  }
}

/**
 * @param {Wanted} wanted
 * @returns {string[]}
 */
export function withinOf(wanted) {
  const { since, until } = wanted;
  const rest = narrowedBy(wanted).filter((name) => name !== "since" && name !== "until");
  return [...rest.map((name) => `${name}:${wanted[name]}`), ...(since || until ? [`date:${since}/${until}`] : [])];
}

/**
 * Return choices that a question was asked with as a person reads them.
 *
 * @param {readonly string[]} within
 */
export function withinWords(within) {
  return within.map((each) => {
    const at = each.indexOf(":");
    const [kind, value] = [each.slice(0, at), each.slice(at + 1)];
    return kind === "date" ? value.split("/").filter(Boolean).join(" – ") : inWords(/** @type {keyof Wanted} */ (kind), value);
  });
}
