// @ts-check
// What the server says, in the page's language: by the code of each sentence, or in its own words where the page has none.

import { named, numeral } from "./format.js";
import { say } from "./say.js";
import { shownName } from "./shipped.js";

/** @import { Sentence } from "./schemas.js" */

/** @typedef {{ said?: Readonly<Record<string, Sentence>> }} Telling what the server tells in sentences, by the names of its fields */

const VALUE = /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g;
const NUMBER = /^\d{1,3}(,\d{3})+$/;

/**
 * Return what a field of the server's says, such as a reason.
 *
 * @template {string} K
 * @param {Telling & Record<K, string>} from
 * @param {K} field
 */
export const told = (from, field) => worded(from.said?.[field]) ?? from[field];

/**
 * @param {Sentence | undefined} sentence
 * @returns {string | null} null where the page has no words for it, or for a part of it
 */
function worded(sentence) {
  const text = sentence && say().sentences[sentence.code];
  if (!text) return null;
  let isWhole = true;
  const found = text.replace(VALUE, (_, name, one, several) => {
    const value = sentence.values[name] ?? "";
    if (typeof value !== "string") {
      const part = worded(value);
      isWhole &&= part !== null;
      return part ?? "";
    }
    const shown = valueOf(name, value);
    return one ? `${shown} ${value === "1" ? one : several}` : shown;
  });
  return isWhole ? found : null;
}

/** @type {(name: string, value: string) => string} */
function valueOf(name, value) {
  if (name === "tier") return named(say().lanes.tier_names, value.replaceAll(" ", "_"));
  if (name.endsWith("category")) return shownName(value);
  if (name === "share" && Number(value) < 1) return numeral(Number(value), 2);
  return NUMBER.test(value) ? numeral(Number(value.replaceAll(",", ""))) : value;
}
