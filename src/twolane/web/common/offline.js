// @ts-check
// Keeps the page itself, so that it opens and says what is wrong where the server is not reached.

const WORKER = "/sw.js";

/** Let the browser keep the page; where it may not, as over plain HTTP from another machine, nothing is lost. */
export async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  const trusted = /** @type {any} */ (globalThis).trustedTypes?.createPolicy("worker", {
    createScriptURL: (/** @type {string} */ address) => {
      if (address !== WORKER) throw new TypeError(`${address} is no worker of this page`);
      return address;
    },
  });
  await navigator.serviceWorker.register(trusted?.createScriptURL(WORKER) ?? WORKER).catch(() => {}); // the page works without
}
