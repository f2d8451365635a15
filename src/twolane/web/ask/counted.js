// @ts-check
// What the page makes of an answer from the catalogue: what it says of each file, and what of its text stands beside.

import { say } from "../common/say.js";

/** @import { CatalogueRowOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */

/**
 * Say of a file what stands below its name.
 *
 * @param {CatalogueRowOut} row
 */
export const about = ({ dated_at: day, correspondent, review }) => (
  [day, correspondent, review && say().ask.to_review].filter(Boolean).join(" · ")
);

/**
 * Return an answer's text without the lines that its table shows.
 *
 * @param {Answer} answer
 */
export function told({ text, catalogue }) {
  if (!catalogue?.rows.length) return text;
  return text.split("\n").filter((line) => !line.startsWith("- ")).join("\n");
}
