// @ts-check
// Who looks at the page, and what that lets them do.

import { Problem, json, sending } from "./api.js";

/** @import { Right, SessionOut } from "./schemas.js" */

/** @type {SessionOut | null} */
let now = null;
/** @type {Promise<unknown> | null} */
let asked = null;

/** Return who looks at the page, null before that is known. */
export const session = () => now;

/**
 * Return whether who looks at the page may do something; before that is known the server alone says no.
 *
 * @param {Right} right
 */
export const may = (right) => now === null || now.rights.includes(right);

/**
 * Return whether who looks at the page may do something, once that is known: what is refused is not asked for.
 *
 * @param {Right} right
 */
export async function isAllowed(right) {
  await asked;
  return may(right);
}

/** Say whether there may be more in the library than is shown: then nothing here is not nothing at all. */
export const isNarrowed = () => now !== null && !now.rights.includes("admin");

/** Ask who it is; what is marked with a `data-right` that they lack is not shown from then on. */
export function loadSession() {
  const looked = look();
  asked = looked;
  return looked;
}

async function look() {
  try {
    now = /** @type {SessionOut} */ (await json("/session"));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return null;
  }
  /** @type {Right[]} */
  const rights = ["ask", "read", "add", "correct", "admin"];
  document.body.dataset["lacks"] = rights.filter((right) => !now?.rights.includes(right)).join(" ");
  return now;
}

/**
 * Keep what a user has set of the page with the user; without one the browser alone keeps it.
 *
 * @param {Record<string, string>} settings
 */
export async function keepSettings(settings) {
  if (!now?.user) return;
  now = await json("/session/settings", sending("PUT", { settings: { ...now.settings, ...settings } }));
}
