// @ts-check
// Which files are wanted: the place says it, and every control of the list changes the place.

import { go, place } from "../common/router.js";

/** @import { Filters } from "../common/places.js" */

/**
 * Show other files: back leads to those that are shown now, unless this only goes on with the same word.
 *
 * @param {Partial<Filters>} change
 */
export function want(change) {
  const { filters } = place();
  const typing = change.q !== undefined && filters.q !== "";
  go({ view: "files", filters: { ...filters, from: 0, ...change } }, { replace: typing });
}

/**
 * Want one more of a kind, beside those that are wanted already.
 *
 * @template {"correspondent" | "tag" | "field"} K
 * @param {K} kind
 * @param {Filters[K][number]} one
 */
export function wantAlso(kind, one) {
  const before = /** @type {readonly unknown[]} */ (place().filters[kind]);
  want({ [kind]: [...before.filter((each) => each !== one), one] });
}
