// @ts-check
// Categories and fields that nobody has named: they are called in the page's language, and their ids stay.

import { say } from "./say.js";

/** @import { CategoryOut } from "./schemas.js" */

/** @type {Map<string, string>} names as the page shows them, by those of the server */
const names = new Map();

/** @param {string} name as the server has it, also one after those that it lies within */
export const shownName = (name) => names.get(name) ?? name;

/**
 * Return categories as the page shows them, all of a library.
 *
 * @param {readonly CategoryOut[]} categories
 * @returns {CategoryOut[]}
 */
export function inLanguage(categories) {
  const { names: own, descriptions } = say().shipped;
  /** @type {(category: CategoryOut | undefined) => string} */
  const nameOf = (category) => (category?.is_shipped_name && own[category.id]) || category?.name || "";
  /** @type {(category: CategoryOut) => CategoryOut | undefined} */
  const above = ({ parent }) => (parent ? categories.find(({ id }) => id === parent) : undefined);
  /** @type {(category: CategoryOut, depth?: number) => string} */
  const titleOf = (category, depth = 0) => {
    const around = depth < categories.length && above(category);
    return around ? `${titleOf(around, depth + 1)}: ${nameOf(category)}` : nameOf(category);
  };
  return categories.map((each) => {
    const [name, title] = [nameOf(each), titleOf(each)];
    names.set(each.name, name).set(each.title, title);
    const description = (each.is_shipped_description && descriptions[each.id]) || each.description;
    return { ...each, name, title, description };
  });
}

/**
 * Return what a field is called.
 *
 * @param {string} id
 * @param {string} name the server's
 */
export const fieldName = (id, name) => say().shipped.fields[id] ?? name;
