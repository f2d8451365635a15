// @ts-check
// The page's words in the language of whoever reads it: one file a language in texts/, English the first of them.

import { en } from "../texts/en.js";

/** @typedef {typeof en} Texts */

/** @type {Record<string, () => Promise<Texts>>} */
const LANGUAGES = {
  en: async () => en,
  de: async () => (await import("../texts/de.js")).de,
  fr: async () => (await import("../texts/fr.js")).fr,
};
const KEPT = "twolane.language";
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

let texts = en;

/** Return the texts of the language that the page is in: `say().common.close`. */
export const say = () => texts;

/** Return the languages that the page knows. */
export const languages = () => Object.keys(LANGUAGES);

/**
 * Put the page into a language that was chosen, or that the browser asks for; before anything of it is built.
 *
 * @param {string} [chosen] such as "de"; kept for the next visit
 */
export async function speak(chosen) {
  if (chosen) localStorage.setItem(KEPT, chosen);
  const wanted = [localStorage.getItem(KEPT) ?? "", ...navigator.languages].map((each) => each.slice(0, 2));
  const language = wanted.find((each) => each in LANGUAGES) ?? "en";
  texts = await (LANGUAGES[language] ?? (async () => en))();
  document.documentElement.lang = language;
  document.documentElement.dir = RIGHT_TO_LEFT.has(language) ? "rtl" : "ltr";
}
