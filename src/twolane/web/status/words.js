// @ts-check
// How both lanes and the library stand, in words.

import { duration } from "../common/format.js";

/** @import { Trouble } from "../common/dom.js" */
/** @import { JobsOut, LaneOut, StatusOut } from "../common/schemas.js" */

/** @type {Record<LaneOut["name"], string>} */
export const TITLES = { filing: "Filing", chat: "Chat" };
/** @type {Record<LaneOut["name"], string>} */
const OTHER_GOES_ON = {
  filing: "Questions are still answered.",
  chat: "Files are still being filed.",
};

/** @param {Pick<LaneOut, "ready" | "reachable">} lane */
export const wordOf = ({ ready, reachable }) => (ready ? "ready" : reachable ? "loading" : "down");

/** @param {Pick<StatusOut, "waiting">} status */
export const queueWord = ({ waiting }) => (waiting ? `${waiting} waiting` : "nothing waiting");

/**
 * Return what is wrong, each with its remedy, and with what goes on all the same.
 *
 * @param {Pick<StatusOut, "lanes" | "embedder">} status
 * @returns {(Trouble & { aside: string })[]}
 */
export function troubles({ lanes, embedder }) {
  const down = lanes.filter((lane) => !lane.ready);
  const found = down.map(({ name, detail, remedy }) => ({
    message: `${TITLES[name]}: ${detail}`,
    remedy,
    aside: down.length < lanes.length ? OTHER_GOES_ON[name] : "",
  }));
  if (embedder.ready) return found;
  return [...found, { message: `Search by meaning: ${embedder.detail}`, remedy: embedder.remedy, aside: "" }];
}

/**
 * @param {string} kind
 * @param {JobsOut} jobs
 */
export function jobsRow(kind, { queued, running, done, parked, oldest_s: oldest }) {
  return [kind, queued, running, done, parked, queued + running ? duration(oldest) : "–"].map(String);
}
