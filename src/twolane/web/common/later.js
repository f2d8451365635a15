// @ts-check
// Work that waits until nobody asks for it any more.

/**
 * Return a function that runs `run` once it has not been called for a while.
 *
 * @param {() => unknown} run
 * @param {number} delayMs
 */
export function later(run, delayMs) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = Number(setTimeout(run, delayMs));
  };
}
