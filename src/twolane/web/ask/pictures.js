// @ts-check
// Pages of sources as they look, and where on them words stand.

import { isAbort, json, Problem } from "../common/api.js";

/** @import { SourceOut, SpanOut } from "../common/schemas.js" */
/** @typedef {{ left: number, top: number, width: number, height: number }} MarkBox in shares of the page */

const PICTURED = /\.(pdf|png|jpe?g|tiff?|webp|heic|bmp|gif)$/i;
const WIDTH = 640;

/**
 * Return where the picture of a source's page is, or "" where its file has none.
 *
 * @param {SourceOut} source
 */
export const originalPicture = ({ file_id: id, name, page }) => (
  id !== null && PICTURED.test(name) ? `/api/v1/files/${id}/pages/${page}/picture?width=${WIDTH}` : ""
);

/**
 * Return where the words of some spans stand on the page of a source; nothing where that is not known.
 *
 * @param {SourceOut} source
 * @param {SpanOut[]} spans
 * @returns {Promise<MarkBox[]>}
 */
export async function pictureMarks({ file_id: id, page }, spans) {
  const own = spans.filter((span) => span.page === page);
  if (!own.length) return [];
  const query = new URLSearchParams(own.flatMap(({ start, end }) => [["start", String(start)], ["end", String(end)]]));
  try {
    return (await json(`/files/${id}/pages/${page}/marks?${query}`)).boxes;
  } catch (error) {
    if (error instanceof Problem || isAbort(error)) return [];
    throw error;
  }
}
