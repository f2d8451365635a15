// @ts-check
// What one part of the page changed, told to the others.

/** @type {Set<() => unknown>} */
const listeners = new Set();

/** @param {() => unknown} listener run after every change that a person made in another part */
export const onChange = (listener) => { listeners.add(listener); };

export function changed() {
  for (const listener of listeners) listener();
}
