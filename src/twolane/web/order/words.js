// @ts-check
// Plans, how far they are and what they leave, in words.

import { count, elapsed } from "../common/format.js";

/** @import { LeftCause, MoveKind, MoveState, PlanOut, PlanProgressOut, PlanState } from "../common/schemas.js" */
/** @typedef {"apply" | "undo"} Act */

/** @type {[MoveKind, string, string][]} the kind, its name, and what is done to a file by it */
export const KINDS = [
  ["move", "Move them", "moved"],
  ["copy", "Copy them", "copied"],
  ["hard_link", "Link them (hard links)", "linked"],
  ["symbolic_link", "Link them (symbolic links)", "linked"],
];

/** @type {Record<LeftCause, string>} */
const CAUSES = {
  in_place: "already where it belongs",
  unsure: "not sure enough where it belongs",
  no_category: "belongs to no category",
  unread: "not read, or not filed yet",
  by_person: "a person has put it where it is",
  no_rule: "no rule says where its category goes",
  taken: "something else lies where it would go",
  unsafe_name: "its new name does not fit the file system",
};

/** @type {Record<MoveState, string>} */
const MOVES = {
  proposed: "Proposed", started: "Begun", done: "Done", left: "Left", undoing: "Being undone", undone: "Undone", kept: "Not undone",
};

/** @type {Record<PlanState, string>} */
const PLANS = {
  proposed: "proposed", applying: "not finished", applied: "applied", undoing: "undo not finished", undone: "undone",
};

/** @param {LeftCause} cause */
export const causeWord = (cause) => CAUSES[cause];

/** @param {MoveState} state */
export const moveWord = (state) => MOVES[state];

/** @param {PlanState} state */
export const planWord = (state) => PLANS[state];

/** @param {Pick<PlanOut, "state">} plan */
export const unfinished = ({ state }) => state === "applying" || state === "undoing";

/**
 * Say what a plan would do.
 *
 * @param {number} files
 * @param {number} folders
 * @param {MoveKind} kind
 */
export function wouldDo(files, folders, kind) {
  const done = KINDS.find(([each]) => each === kind)?.[2] ?? "moved";
  if (!files) return `No file would be ${done}`;
  return `${count(files, "1 file", "files")} would be ${done}, to ${count(folders, "1 folder", "folders")}`;
}

/** @param {Pick<PlanOut, "counts">} plan */
export function soFar({ counts }) {
  const all = /** @type {[MoveState, string][]} */ ([
    ["proposed", "to do"], ["started", "begun"], ["done", "done"], ["left", "left in place"], ["undoing", "being undone"],
    ["undone", "undone"], ["kept", "not undone"],
  ]);
  const parts = all.filter(([state]) => counts[state]).map(([state, word]) => `${counts[state]} ${word}`);
  return parts.length ? parts.join(", ") : "no files";
}

/**
 * Say what came of an apply or undo.
 *
 * @param {Pick<PlanOut, "name" | "state" | "counts">} plan
 * @param {Act} act
 */
export function outcome({ name, state, counts }, act) {
  if (unfinished({ state })) return `${name} has stopped: ${soFar({ counts })}`;
  const [did, stayed] = act === "apply" ? [counts.done ?? 0, counts.left ?? 0] : [counts.undone ?? 0, counts.kept ?? 0];
  const first = act === "apply"
    ? count(did, "1 file is where it belongs", "files are where they belong")
    : count(did, "1 file is back", "files are back");
  return stayed ? `${first}; ${count(stayed, "1 stays as it is", "stay as they are")}` : first;
}

/**
 * Say how far an apply or undo is, how fast it goes, and how long it will take.
 *
 * @param {Pick<PlanProgressOut, "done" | "total" | "left">} progress
 * @param {number} seconds since it began
 * @param {number} [before] how many were done before it began
 */
export function pace({ done, total, left }, seconds, before = 0) {
  const parts = [`${done} of ${total}`];
  const rate = seconds > 0 ? (done - before) / seconds : 0;
  if (rate > 0) {
    parts.push(`${rate < 10 ? rate.toFixed(1) : Math.round(rate)} files/s`);
    if (done < total) parts.push(`${elapsed(Math.max(1, (total - done) / rate))} left`);
  }
  if (left) parts.push(count(left, "1 stays", "stay"));
  return parts.join(" · ");
}

/**
 * What can be done with a plan: the act, and what its button says; the first is what it most likely waits for.
 *
 * @param {Pick<PlanOut, "state" | "counts">} plan
 * @returns {[Act, string][]}
 */
export function actsOf({ state, counts }) {
  /** @type {Record<PlanState, [Act, string][]>} */
  const acts = {
    proposed: [["apply", "Apply"]],
    applying: [["apply", "Finish"], ["undo", "Undo"]],
    applied: [["undo", "Undo"], ...(counts.left ? [/** @type {[Act, string]} */ (["apply", "Try the rest again"])] : [])],
    undoing: [["undo", "Finish the undo"]],
    undone: [["apply", "Apply again"], ...(counts.kept ? [/** @type {[Act, string]} */ (["undo", "Try the rest again"])] : [])],
  };
  return acts[state];
}
