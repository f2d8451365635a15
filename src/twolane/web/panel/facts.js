// @ts-check
// All that is known of a file, as names and values.

import { percent, size } from "../common/format.js";

/** @import { FileOut } from "../common/schemas.js" */

/**
 * Return the facts of a file that there are, in the order in which they are shown.
 *
 * @param {FileOut} file
 * @param {(category: string) => string} nameOf
 * @returns {[string, string][]}
 */
export function facts(file, nameOf) {
  const decided = file.classification;
  /** @type {[string, string | undefined][]} */
  const all = [
    ["Title", file.title],
    ["Category", decided ? `${nameOf(decided.category)}, ${percent(decided.confidence)} certain` : ""],
    ["Decided by", decided?.tier.replace("_", " ")],
    ["Why", decided?.reason],
    ["Note", file.note],
    ["Read", file.read_status?.replace("_", " ")],
    ["Seen", file.seen < 1 ? `the first ${percent(file.seen)}` : ""],
    ["Pages", file.page_count ? String(file.page_count) : ""],
    ["Type", file.media_type],
    ["Size", size(file.size_bytes)],
    ["Added", new Date(file.added_at).toLocaleString()],
    ["Path", file.path],
  ];
  return all.flatMap(([name, value]) => (value ? [[name, value]] : []));
}
