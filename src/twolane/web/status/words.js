// @ts-check
// How both lanes and the library stand, in words.

import { duration } from "../common/format.js";

/** @import { Trouble } from "../common/dom.js" */
/** @import { Health, LaneSnapshot, Snapshot, StatusOut, StepJobs, WorkerRecord } from "../common/schemas.js" */

/** @type {Record<LaneSnapshot["name"], string>} */
export const TITLES = { filing: "Filing", chat: "Chat" };
/** @type {Record<LaneSnapshot["name"], string>} */
const OTHER_GOES_ON = {
  filing: "Questions are still answered.",
  chat: "Files are still being filed.",
};

/** @param {Pick<Health, "ready" | "reachable">} health */
export const wordOf = ({ ready, reachable }) => (ready ? "ready" : reachable ? "loading" : "down");

/** @param {Pick<StatusOut, "waiting">} status */
export const queueWord = ({ waiting }) => (waiting ? `${waiting} waiting` : "nothing waiting");

/**
 * Return what is wrong, each with its remedy, and with what goes on all the same.
 *
 * @param {Pick<Snapshot, "lanes" | "embedder">} snapshot
 * @returns {(Trouble & { aside: string })[]}
 */
export function troubles({ lanes, embedder }) {
  const down = lanes.filter(({ health }) => !health.ready);
  const found = down.map(({ name, health }) => ({
    message: `${TITLES[name]}: ${health.detail}`,
    remedy: health.remedy,
    aside: down.length < lanes.length ? OTHER_GOES_ON[name] : "",
  }));
  if (embedder.ready) return found;
  return [...found, { message: `Search by meaning: ${embedder.detail}`, remedy: embedder.remedy, aside: "" }];
}

/**
 * @param {string} kind
 * @param {StepJobs} jobs
 */
export function jobsRow(kind, { queued, running, done, parked, oldest_s: oldest }) {
  return [kind, queued, running, done, parked, queued + running ? duration(oldest) : "–"].map(String);
}

/** @param {WorkerRecord} worker */
export const workerRow = ({ name, lane, done, draining }) => [name, lane, String(done), draining ? "ending" : ""];
