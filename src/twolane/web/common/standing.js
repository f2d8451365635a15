// @ts-check
// The newest status of both lanes and the library, told to all parts of the page that show something of it.

/** @import { StatusOut } from "./schemas.js" */

/** @type {Set<(status: StatusOut) => unknown>} */
const listeners = new Set();
/** @type {StatusOut | null} */
let newest = null;

/** Return the newest status, null before the first one came. */
export const standing = () => newest;

/**
 * Run at every new status, and at once where one is here already: a part may be loaded late.
 *
 * @param {(status: StatusOut) => unknown} listener
 */
export function onStatus(listener) {
  listeners.add(listener);
  if (newest) listener(newest);
}

/** @param {StatusOut} status */
export function tellStatus(status) {
  newest = status;
  for (const listener of listeners) listener(status);
}
