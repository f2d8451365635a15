// @ts-check
// Plans, how far they are and what they leave, in words.

import { elapsed } from "../common/format.js";
import { say } from "../common/say.js";

/** @import { LeftCause, MoveKind, MoveState, PlanOut, PlanProgressOut, PlanState } from "../common/schemas.js" */
/** @typedef {"apply" | "undo"} Act */

/** @type {MoveKind[]} */
export const KINDS = ["move", "copy", "hard_link", "symbolic_link"];

/** @param {LeftCause} cause */
export const causeWord = (cause) => say().order.causes[cause];

/** @param {MoveState} state */
export const moveWord = (state) => say().order.move_states[state];

/** @param {PlanState} state */
export const planWord = (state) => say().order.plan_states[state];

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
  const { would, would_none: none, to_folders: to } = say().order;
  return files ? would[kind](say().common.files(files), to(folders)) : none[kind];
}

/** @param {Pick<PlanOut, "counts">} plan */
export function soFar({ counts }) {
  const { parts, no_files: none } = say().order;
  const all = /** @type {MoveState[]} */ (Object.keys(parts));
  return all.filter((state) => counts[state]).map((state) => `${counts[state]} ${parts[state]}`).join(", ") || none;
}

/**
 * Say what came of an apply or undo.
 *
 * @param {Pick<PlanOut, "name" | "state" | "counts">} plan
 * @param {Act} act
 */
export function outcome({ name, state, counts }, act) {
  const { has_stopped: stopped, in_place: inPlace, brought_back: back, stay } = say().order;
  if (unfinished({ state })) return stopped(name, soFar({ counts }));
  const [did, stayed] = act === "apply" ? [counts.done ?? 0, counts.left ?? 0] : [counts.undone ?? 0, counts.kept ?? 0];
  const first = (act === "apply" ? inPlace : back)(did);
  return stayed ? `${first}; ${stay(stayed)}` : first;
}

/**
 * Say how far an apply or undo is, how fast it goes, and how long it will take.
 *
 * @param {Pick<PlanProgressOut, "done" | "total" | "left">} progress
 * @param {number} seconds since it began
 * @param {number} [before] how many were done before it began
 */
export function pace({ done, total, left }, seconds, before = 0) {
  const words = say().order;
  const parts = [words.done_of(done, total)];
  const rate = seconds > 0 ? (done - before) / seconds : 0;
  if (rate > 0) {
    parts.push(words.rate(rate < 10 ? rate.toFixed(1) : String(Math.round(rate))));
    if (done < total) parts.push(words.time_left(elapsed(Math.max(1, (total - done) / rate))));
  }
  if (left) parts.push(words.left_there(left));
  return parts.join(" · ");
}

/**
 * What can be done with a plan: the act, and what its button says; the first is what it most likely waits for.
 *
 * @param {Pick<PlanOut, "state" | "counts">} plan
 * @returns {[Act, string][]}
 */
export function actsOf({ state, counts }) {
  const words = say().order.acts;
  /** @type {(act: Act, number: number | undefined) => [Act, string][]} */
  const rest = (act, number) => (number ? [[act, words.rest]] : []);
  /** @type {Record<PlanState, [Act, string][]>} */
  const acts = {
    proposed: [["apply", words.apply]],
    applying: [["apply", words.finish], ["undo", words.undo]],
    applied: [["undo", words.undo], ...rest("apply", counts.left)],
    undoing: [["undo", words.finish_undo]],
    undone: [["apply", words.again], ...rest("undo", counts.kept)],
  };
  return acts[state];
}
