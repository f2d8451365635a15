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
/** Attributes that people read; one is named by `data-say-` and its name. */
const READ = ["aria-label", "placeholder", "title"];

let texts = en;

/** Return the texts of the language that the page is in: `say().common.close`. */
export const say = () => texts;

/** Return the languages that the page knows. */
export const languages = () => Object.keys(LANGUAGES);

/** Whether the language was chosen here, and not only asked for by the browser. */
export const isChosen = () => localStorage.getItem(KEPT) !== null;

/** Let the browser say again which language it is. */
export const unchoose = () => localStorage.removeItem(KEPT);

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
  fill();
}

/** Write what stands in the page from the start: `data-say="view.text"`, or `data-say-placeholder` for an attribute. */
function fill() {
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = textAt(node.getAttribute("data-say"));
  for (const name of READ) {
    for (const node of document.querySelectorAll(`[data-say-${name}]`)) {
      node.setAttribute(name, textAt(node.getAttribute(`data-say-${name}`)));
    }
  }
}

/** @param {string | null} path such as "common.close" */
function textAt(path) {
  const found = (path ?? "").split(".").reduce((/** @type {any} */ at, name) => at?.[name], texts);
  if (typeof found !== "string") throw new Error(`there is no text ${path}`);
  return found;
}
