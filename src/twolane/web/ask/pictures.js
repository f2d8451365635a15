// @ts-check
// Pages of sources as they look, and where on them words stand.

import { getMarks, isAbort, pictureAddress, Problem } from "../common/api.js";

/** @import { PageBoxOut, SourceOut, SpanOut } from "../common/schemas.js" */

const PICTURED = /\.(pdf|png|jpe?g|tiff?|webp|heic|bmp|gif)$/i; // a source does not say what its file is
const WIDTH = 640;

/**
 * Return where the picture of a source's page is, or "" where its file has none.
 *
 * @param {SourceOut} source
 */
export const originalPicture = ({ file_id: id, name, page }) => (
  id !== null && PICTURED.test(name) ? pictureAddress(id, page, WIDTH) : ""
);

/**
 * Return where the words of some spans stand on the page of a source; nothing where that is not known.
 *
 * @param {SourceOut} source
 * @param {SpanOut[]} spans
 * @returns {Promise<PageBoxOut[]>}
 */
export async function pictureMarks({ file_id: id, page }, spans) {
  const own = spans.filter((span) => span.page === page).map(({ start, end }) => [start, end]);
  if (id === null || !own.length) return [];
  try {
    return (await getMarks(id, page, own)).boxes;
  } catch (error) {
    if (error instanceof Problem || isAbort(error)) return [];
    throw error;
  }
}
