// @ts-check
// The categories as a tree, without a browser.

/** @typedef {{ id: string, name: string, parent: string }} Place where a category stands; "" is the top */
/**
 * @template {Place} T
 * @typedef {{ category: T, below: Branch<T>[] }} Branch
 */

/**
 * Return the categories as branches; one whose parent is not there stands at the top, as does one of a ring.
 *
 * @template {Place} T
 * @param {readonly T[]} categories
 * @returns {Branch<T>[]}
 */
export function treeOf(categories) {
  const tops = categories.filter((category) => lineage(categories, category.id) === null || !parentOf(categories, category));
  /** @type {(category: T) => Branch<T>} */
  const branch = (category) => ({
    category, below: categories.filter((each) => each.parent === category.id && !tops.includes(each)).map(branch),
  });
  return tops.map(branch);
}

/** @type {<T extends Place>(categories: readonly T[], category: T) => T | undefined} */
const parentOf = (categories, { parent }) => categories.find(({ id }) => parent !== "" && id === parent);

/**
 * Return a category and those above it, from itself up; null where they stand in a ring.
 *
 * @template {Place} T
 * @param {readonly T[]} categories
 * @param {string} id
 * @returns {T[] | null}
 */
export function lineage(categories, id) {
  /** @type {T[]} */
  const found = [];
  for (let at = categories.find((each) => each.id === id); at; at = parentOf(categories, at)) {
    if (found.includes(at)) return null;
    found.push(at);
  }
  return found;
}

/**
 * Return a category's name with those above it, as in "Home: Insurance".
 *
 * @param {readonly Place[]} categories
 * @param {string} id
 */
export function pathOf(categories, id) {
  const found = lineage(categories, id);
  return found?.length ? found.toReversed().map(({ name }) => name).join(": ") : id;
}

/**
 * Return those below which a category can stand: all but itself and what stands below it.
 *
 * @template {Place} T
 * @param {readonly T[]} categories
 * @param {string} id
 */
export const placesFor = (categories, id) => categories.filter((each) => (
  !lineage(categories, each.id)?.some((above) => above.id === id)
));
