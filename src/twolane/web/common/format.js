// @ts-check
// Figures as people read them, in the page's language.

import { languageOfPage } from "../texts/counted.js";
import { say } from "./say.js";

/**
 * @param {number} value
 * @param {number} [digits] at most so many behind the point
 */
export const numeral = (value, digits = 0) => (
  new Intl.NumberFormat(languageOfPage(), { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value)
);

/** @param {number} share from 0 to 1 */
export const percent = (share) => `${numeral(Math.round(share * 100))} %`;

/**
 * Write a name of the API's, such as "small_model", as words.
 *
 * @param {string} name
 */
export const inWords = (name) => name.replaceAll("_", " ");

/**
 * Return what is read for a name of the API's, or that name in words where there is nothing for it.
 *
 * @param {Readonly<Record<string, string>>} names
 * @param {string} name
 */
export const named = (names, name) => names[name] ?? inWords(name);

/** @param {number} bytes */
export function size(bytes) {
  const units = say().common.sizes;
  const step = bytes < 1024 ? 0 : bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
  return `${numeral(bytes / 1024 ** step, step > 1 ? 1 : 0)} ${units[step]}`;
}

/**
 * @param {number} number
 * @param {string} one
 * @param {string} several
 */
export const count = (number, one, several) => (number === 1 ? one : `${number} ${several}`);

/** @param {number} seconds written with units that are the same everywhere */
export function duration(seconds) {
  if (seconds < 60) return `${numeral(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${numeral(minutes)} min` : `${numeral(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/**
 * Say to the second how long somebody has waited.
 *
 * @param {number} seconds
 */
export function elapsed(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${numeral(Math.floor(whole / 60))} min ${whole % 60} s`;
}

/** @type {[Intl.RelativeTimeFormatUnit, number][]} */
const UNITS = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]];

/**
 * Say when something was or will be: "2 hours ago", "in 3 days".
 *
 * @param {number} seconds from now on; less than 0 for what was
 */
export function fromNow(seconds) {
  const [unit, length] = UNITS.find(([, each]) => Math.abs(seconds) >= each) ?? ["second", 1];
  return new Intl.RelativeTimeFormat(languageOfPage()).format(Math.trunc(seconds / length), unit);
}

/** @param {string | number | Date} when a day and a time, such as the API writes them */
export const moment = (when) => (
  new Intl.DateTimeFormat(languageOfPage(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(when))
);

/** @param {string} day such as "2025-03-31" */
export const dayOf = (day) => (
  new Intl.DateTimeFormat(languageOfPage(), { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${day}T00:00:00Z`))
);

/** @param {string} code of a language, such as "de" */
export function languageName(code) {
  try {
    return new Intl.DisplayNames(languageOfPage(), { type: "language" }).of(code) ?? code;
  } catch (error) {
    if (error instanceof RangeError) return code; // it is no code
    throw error;
  }
}
