// @ts-check
// What the page makes of an answer from the catalogue: which columns its table has, and what of its text stands beside.

/** @import { CatalogueRowOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */
/**
 * @typedef {object} Column
 * @property {string} title
 * @property {(row: CatalogueRowOut) => string} of
 */

/** @type {Column[]} */
const COLUMNS = [
  { title: "Date", of: ({ dated_at: day }) => day ?? "" },
  { title: "From", of: ({ correspondent }) => correspondent },
  { title: "Amount", of: ({ amount }) => amount },
];

/**
 * Leave out the columns that say nothing of any file.
 *
 * @param {CatalogueRowOut[]} rows
 */
export const columns = (rows) => COLUMNS.filter(({ of }) => rows.some(of));

/**
 * Return an answer's text without the lines that its table shows.
 *
 * @param {Answer} answer
 */
export function told({ text, catalogue }) {
  if (!catalogue?.rows.length) return text;
  return text.split("\n").filter((line) => !line.startsWith("- ")).join("\n");
}
