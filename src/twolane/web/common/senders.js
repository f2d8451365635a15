// @ts-check
// The correspondents and tags that there are, for the lists that one chooses from.

import { getTags, isAbort, listCorrespondents, Problem } from "./api.js";
import { onChange } from "./changes.js";
import { say } from "./say.js";

/** @import { CorrespondentOut } from "./schemas.js" */

/** @type {CorrespondentOut[]} */
let correspondents = [];
/** @type {string[]} */
let tags = [];
let fresh = false;

/** @param {number} id */
export const correspondentName = (id) => (
  correspondents.find((each) => each.correspondent_id === id)?.name ?? say().common.correspondent(id)
);

/** @param {string} name one of its spellings */
export function correspondentBy(name) {
  const sought = name.trim().toLocaleLowerCase();
  /** @param {string} each */
  const same = (each) => each.toLocaleLowerCase() === sought;
  return correspondents.find((each) => same(each.name)) ?? correspondents.find((each) => each.names.some(same)) ?? null;
}

/** Return both lists as they are now; what cannot be fetched stays as it was. */
export async function loadSenders() {
  if (!fresh) {
    fresh = true;
    try {
      const [found, counts] = await Promise.all([listCorrespondents(""), getTags()]);
      correspondents = found;
      tags = Object.keys(counts).sort((one, other) => one.localeCompare(other));
    } catch (error) {
      fresh = false;
      if (!(error instanceof Problem) && !isAbort(error)) throw error;
    }
  }
  return { correspondents, tags };
}

/** Let the next look fetch them anew. */
export const forgetSenders = () => { fresh = false; };

onChange(forgetSenders);
