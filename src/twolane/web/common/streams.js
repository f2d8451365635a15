// @ts-check
// How many answers the tabs of a browser stream at once: it opens six connections to a server, and some must stay free.

const MOST = 4;

/**
 * Wait until an answer may be streamed; where tabs cannot agree, that is at once.
 *
 * @param {AbortSignal} signal
 * @returns {Promise<() => void>} what gives the place back
 */
export function streamPlace(signal) {
  if (!("locks" in navigator)) return Promise.resolve(() => {});
  return new Promise((resolve, reject) => {
    const rest = new AbortController(); // of the places that are waited for
    let isTaken = false;
    const leave = () => { rest.abort(); reject(signal.reason); };
    if (signal.aborted) { leave(); return; }
    signal.addEventListener("abort", leave, { once: true });
    for (let number = 0; number < MOST; number += 1) {
      navigator.locks.request(`twolane-answer-${number}`, { signal: rest.signal }, () => {
        if (isTaken || signal.aborted) return undefined;
        isTaken = true;
        signal.removeEventListener("abort", leave);
        rest.abort();
        return new Promise((release) => { resolve(() => release(undefined)); });
      }).catch(() => {}); // left since another place came first
    }
  });
}
