// @ts-check
// Which correspondents become which, without a browser.

/** @import { CorrespondentOut } from "../common/schemas.js" */

/**
 * Return the one whose name is proposed for all: it has sent most, and among equals its name says most.
 *
 * @param {readonly CorrespondentOut[]} several
 */
export const keptOf = (several) => several.toSorted((one, other) => (
  other.documents - one.documents || other.name.length - one.name.length
))[0];

/**
 * Return how else a name is written, in the order of its letters.
 *
 * @param {CorrespondentOut} one
 */
export const spellings = ({ name, names }) => names.filter((each) => each !== name).toSorted((a, b) => a.localeCompare(b));
