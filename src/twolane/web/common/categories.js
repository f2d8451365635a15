// @ts-check
// The categories, fetched once, and their names.

import { getCategories } from "./api.js";

/** @import { CategoryOut } from "./schemas.js" */

/** @type {CategoryOut[]} */
let known = [];
/** @type {Promise<CategoryOut[]> | null} */
let coming = null;

export const categories = () => known;

/** @param {string} id */
export const nameOf = (id) => known.find((category) => category.id === id)?.name ?? id;

/** Return all categories once they are here; what failed is tried again by the next call. */
export function loadCategories() {
  coming ??= getCategories().then(
    (found) => { known = found; return found; },
    (error) => { coming = null; throw error; },
  );
  return coming;
}
