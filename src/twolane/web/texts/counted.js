// @ts-check
// Numbers within texts: each language has its own forms for one, for few and for many.

/** @typedef {{ one: string, other: string, few?: string, many?: string, two?: string, zero?: string }} Forms */

/** Return the language that the page is in, such as "de". */
export const languageOfPage = () => globalThis.document?.documentElement.lang || "en";

/**
 * Return the form of a text that a number takes, with the number, written as the language writes it, for #.
 *
 * @param {number} number
 * @param {Forms} forms
 */
export function counted(number, forms) {
  const language = languageOfPage();
  const form = forms[new Intl.PluralRules(language).select(number)] ?? forms.other;
  return form.replace("#", new Intl.NumberFormat(language).format(number));
}
