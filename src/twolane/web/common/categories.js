// @ts-check
// The categories, fetched once, and their names.

import { getCategories } from "./api.js";
import { say } from "./say.js";
import { inLanguage } from "./shipped.js";

/** @import { CategoryOut } from "./schemas.js" */

/** @type {CategoryOut[]} */
let known = [];
/** @type {Promise<CategoryOut[]> | null} */
let coming = null;

export const categories = () => known;

/** @param {string} id "" where a person said that it is none of them */
export const nameOf = (id) => (id ? known.find((category) => category.id === id)?.name ?? id : say().common.none_of_these);

/**
 * Return all categories once they are here; what failed is tried again by the next call.
 *
 * @param {boolean} [anew] whether they have changed since
 */
export function loadCategories(anew = false) {
  if (anew) coming = null;
  coming ??= getCategories().then(
    // Everywhere but in their own tree categories are called by those that they lie within, too.
    (found) => { known = inLanguage(found).map((each) => ({ ...each, name: each.title })); return known; },
    (error) => { coming = null; throw error; },
  );
  return coming;
}
