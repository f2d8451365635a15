// @ts-check
// Who is signed in: the API of it, and what goes wrong in the language of whoever reads it.

import { Problem, isAbort, json, request, sending } from "./api.js";
import { say } from "./say.js";

/** @import { ChallengeOut, PasskeyOut, SessionOut, SignInOut } from "./schemas.js" */

/** @type {() => Promise<SessionOut>} */
export const ways = () => json("/session");
/** @type {(name: string, password: string) => Promise<SessionOut>} */
export const signIn = (name, password) => json("/session", sending("POST", { name, password }));
/** @type {() => Promise<unknown>} */
export const signOut = () => request("/session", { method: "DELETE" });
/** @type {() => Promise<SignInOut[]>} */
export const listSignIns = () => json("/sessions");
/** @type {(id: string) => Promise<unknown>} */
export const endSignIn = (id) => request(`/sessions/${encodeURIComponent(id)}`, { method: "DELETE" });
/** @type {(old: string, fresh: string) => Promise<unknown>} */
export const changePassword = (old, fresh) => request("/session/password", sending("PUT", { old, new: fresh }));
/** @type {() => Promise<PasskeyOut[]>} */
export const listPasskeys = () => json("/passkeys");
/** @type {(id: string) => Promise<unknown>} */
export const dropPasskey = (id) => request(`/passkeys/${encodeURIComponent(id)}`, { method: "DELETE" });

/** Have a device sign in whoever it belongs to. */
export async function signInByDevice() {
  /** @type {ChallengeOut} */
  const { challenge_id, options } = await json("/session/passkey/options", { method: "POST" });
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(/** @type {any} */ (options));
  const credential = /** @type {PublicKeyCredential} */ (await navigator.credentials.get({ publicKey }));
  return json("/session/passkey", sending("POST", { challenge_id, credential: credential.toJSON() }));
}

/**
 * Have a device become one's own.
 *
 * @param {string} name what it is called
 */
export async function addPasskey(name) {
  /** @type {ChallengeOut} */
  const { challenge_id, options } = await json("/passkeys/options", { method: "POST" });
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(/** @type {any} */ (options));
  const credential = /** @type {PublicKeyCredential} */ (await navigator.credentials.create({ publicKey }));
  return json("/passkeys", sending("POST", { challenge_id, credential: credential.toJSON(), name }));
}

/**
 * Return what went wrong, in words of the page where they are known.
 *
 * @param {unknown} error
 * @returns {{ message: string, remedy?: string }}
 */
export function tellTrouble(error) {
  const texts = say().signin;
  if (error instanceof DOMException || isAbort(error)) return { message: texts.no_passkey, remedy: texts.no_passkey_do };
  if (!(error instanceof Problem)) throw error;
  if (error.status === 401) return { message: texts.wrong, remedy: texts.wrong_do };
  if (error.status === 429) return { message: texts.too_many, remedy: texts.wait(error.wait) };
  return error;
}
