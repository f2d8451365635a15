// @ts-check
// All that is known of a file, as names and values, and every decision on it.

import { inWords, percent, size } from "../common/format.js";

/** @import { DecisionOut, FileOut } from "../common/schemas.js" */

/**
 * Return the facts of a file that there are, in the order in which they are shown.
 *
 * @param {FileOut} file
 * @param {(category: string) => string} nameOf
 * @returns {[string, string][]}
 */
export function facts(file, nameOf) {
  const decided = file.classification;
  /** @type {[string, string][]} */
  const all = [
    ["Category", decided ? `${nameOf(decided.category)}, ${percent(decided.confidence)} certain` : ""],
    ["Decided by", decided ? inWords(decided.tier) : ""],
    ["Why", decided?.reason ?? ""],
    ["Note", file.note],
    ["Read", file.read_status ? inWords(file.read_status) : ""],
    ["Seen", file.seen < 1 ? `${percent(file.seen)} of it` : ""],
    ["Pages", file.page_count ? String(file.page_count) : ""],
    ["Type", file.media_type],
    ["Size", size(file.size_bytes)],
    ["Added", new Date(file.added_at).toLocaleString()],
    ["Path", file.path],
  ];
  return all.filter(([, value]) => value);
}

/**
 * Return the decisions on a file in words, newest first.
 *
 * @param {DecisionOut[]} decisions oldest first
 * @param {(category: string) => string} nameOf
 */
export function history(decisions, nameOf) {
  return decisions.toReversed().map(({ at, by, tier, category, confidence, undone_at: undone }) => ({
    what: `${nameOf(category)}, ${percent(confidence)} certain${undone ? ", taken back" : ""}`,
    who: by ? `${inWords(tier)}, ${by}` : inWords(tier),
    when: at ? new Date(at).toLocaleString() : "",
  }));
}
