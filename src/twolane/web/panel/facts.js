// @ts-check
// All that is known of a file, as names and values, and every decision on it.

import { percent, size } from "../common/format.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { languageOfPage } from "../texts/counted.js";

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
  const { facts: names, certain, of_it: ofIt, read_states: states } = say().panel;
  const { tier_names: tiers } = say().lanes;
  /** @type {[string, string][]} */
  const all = [
    [names.category, decided ? certain(nameOf(decided.category), percent(decided.confidence)) : ""],
    [names.decided_by, decided ? tiers[decided.tier] : ""],
    [names.why, decided ? told(decided, "reason") : ""],
    [names.note, told(file, "note")],
    [names.read, file.read_status ? states[file.read_status] : ""],
    [names.seen, file.seen < 1 ? ofIt(percent(file.seen)) : ""],
    [names.pages, file.page_count ? String(file.page_count) : ""],
    [names.type, file.media_type],
    [names.size, size(file.size_bytes)],
    [names.added, new Date(file.added_at).toLocaleString(languageOfPage())],
    [names.path, file.path],
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
    what: `${say().panel.certain(nameOf(category), percent(confidence))}${undone ? ", " + say().panel.taken_back : ""}`,
    who: [say().lanes.tier_names[tier], by].filter(Boolean).join(", "),
    when: at ? new Date(at).toLocaleString(languageOfPage()) : "",
  }));
}
