// @ts-check
// How both lanes and the library stand, in words.

import { count, duration, inWords, percent, size } from "../common/format.js";

/** @import { Trouble } from "../common/dom.js" */
/** @import { BackupsOut, FilingProof, FolderStanding, Health, LaneSnapshot, Snapshot, StatusOut, StepJobs, WorkerRecord } from "../common/schemas.js" */

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
  if (embedder.ready && !embedder.remedy) return found;  // one that is ready may not know a language
  return [...found, { message: `Search by meaning: ${embedder.detail}`, remedy: embedder.remedy, aside: "" }];
}

/**
 * @param {string} kind
 * @param {StepJobs} jobs
 */
export function jobsRow(kind, { queued, running, done, parked, oldest_s: oldest }) {
  return [kind, queued, running, done, parked, queued + running ? duration(oldest) : "–"].map(String);
}

/**
 * Return what decided, with the number and the share of the files.
 *
 * @param {Partial<Record<string, number>>} tiers
 * @returns {string[][]}
 */
export function tierRows(tiers) {
  const rows = Object.entries(tiers).map(([tier, number]) => /** @type {const} */ ([tier, number ?? 0]));
  const total = rows.reduce((sum, [, number]) => sum + number, 0);
  return rows.map(([tier, number]) => [inWords(tier), String(number), percent(number / total)]);
}

/**
 * Return what people's decisions say of filing's, as names and values.
 *
 * @param {FilingProof} proof
 * @returns {string[][]}
 */
export function proofRows({ max_error: most, threshold, proven, decided, right, ece, needed }) {
  const rows = [
    ["Filed without you", `from ${percent(threshold)} certain on`],
    ["At most " + percent(most) + " of that wrong", proven ? "proven" : "not proven yet"],
  ];
  if (decided) rows.push(["Right, where you were asked", `${right} of ${decided} (${percent(right / decided)})`]);
  if (typeof ece === "number") rows.push(["Confidence and accuracy apart (ECE)", ece.toFixed(3)]);
  for (const { error, decisions } of needed.filter((one) => one.decisions)) {
    rows.push([`To prove at most ${percent(error)} wrong`, `${decisions} more decisions that agree`]);
  }
  return rows;
}

/**
 * Return how backups stand, as names and values; `now` is in seconds since the epoch.
 *
 * @param {BackupsOut} backups
 * @param {number} now
 * @returns {[string, string][]}
 */
export function backupRows({ folder, due_at: due, backups }, now) {
  if (folder === null) return [["Planned", "no: name a folder in the settings (backup.folder)"]];
  const last = backups.find(({ fault }) => !fault);
  const bad = backups.filter(({ fault }) => fault);
  /** @type {[string, string][]} */
  const rows = [
    ["Last", last ? `${duration(Math.max(0, now - last.made_at))} ago, ${size(last.size_bytes)}` : "none yet"],
    ["Next", typeof due !== "number" ? "not planned" : due <= now ? "as soon as may be" : `in ${duration(due - now)}`],
    ["Kept in", `${folder}: ${backups.length}`],
  ];
  if (bad.length) rows.push([count(bad.length, "One cannot be used", "cannot be used"), bad[0]?.fault ?? ""]);
  return rows;
}

/** @type {Record<FolderStanding["watch"], string>} */
const WATCHED = {
  starting: "starting", events: "by events", polling: "by polling", away: "away", elsewhere: "by another process",
};

/**
 * Return how a watched folder stands; `now` is in seconds since the epoch.
 *
 * @param {FolderStanding} folder
 * @param {number} now
 */
export function folderRow({ path, watch, waiting, last_change_at: last, apply, fault, remedy }, now) {
  const how = WATCHED[watch] + (apply ? ", empties itself" : "");
  const heard = last ? `${duration(Math.max(0, now - last))} ago` : "–";
  return [path, how, String(waiting), heard, [fault, remedy].filter(Boolean).join(" → ")];
}

/** @param {WorkerRecord} worker */
export function workerRow({ name, lane, threads, concurrency, done, started_at: began, seen_at: seen, draining, version }) {
  const state = [version, draining ? "ending" : ""].filter(Boolean).join(", ");
  return [name, lane, String(concurrency || threads), duration(Math.max(0, seen - began)), String(done), state];
}
