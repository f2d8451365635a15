// @ts-check
// Figures as people read them.

/** @param {number} share from 0 to 1 */
export const percent = (share) => `${Math.round(share * 100)} %`;

/**
 * Write a name of the API's, such as "small_model", as words.
 *
 * @param {string} name
 */
export const inWords = (name) => name.replaceAll("_", " ");

/** @param {number} bytes */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(0)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

/**
 * @param {number} number
 * @param {string} one
 * @param {string} several
 */
export const count = (number, one, several) => (number === 1 ? one : `${number} ${several}`);

/** @param {number} seconds */
export function duration(seconds) {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/**
 * Say to the second how long somebody has waited.
 *
 * @param {number} seconds
 */
export function elapsed(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** @param {string} code of a language, such as "de" */
export function languageName(code) {
  try {
    return new Intl.DisplayNames(undefined, { type: "language" }).of(code) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code; // it is no code
    throw error;
  }
}
