// @ts-check
// How both lanes and the library stand, in words.

import { duration, fromNow, named, numeral, percent, size } from "../common/format.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";

/** @import { Trouble } from "../common/dom.js" */
/** @import { BackupsOut, ExclusionKind, FilingProof, FolderStanding, Health, LaneSnapshot, Snapshot, StatusOut, StepJobs, WorkerRecord } from "../common/schemas.js" */
/** @import { Pace } from "./rate.js" */

/** @param {Pick<Health, "ready" | "reachable">} health @returns {"ready" | "loading" | "down"} */
export const stateOf = ({ ready, reachable }) => (ready ? "ready" : reachable ? "loading" : "down");

/** @param {Pick<Health, "ready" | "reachable">} health */
export const wordOf = (health) => say().lanes.health[stateOf(health)];

/** @param {Pick<StatusOut, "waiting">} status */
export const queueWord = ({ waiting }) => (waiting ? say().lanes.waiting(waiting) : say().lanes.nothing_waits);

/**
 * Return what is wrong, each with its remedy, and with what goes on all the same.
 *
 * @param {Pick<Snapshot, "lanes" | "embedder">} snapshot
 * @returns {(Trouble & { aside: string })[]}
 */
export function troubles({ lanes, embedder }) {
  const words = say().lanes;
  const down = lanes.filter(({ health }) => !health.ready);
  const found = down.map(({ name, health }) => ({
    message: `${words.names[name]}: ${told(health, "detail")}`,
    remedy: told(health, "remedy"),
    aside: down.length < lanes.length ? words.goes_on[name] : "",
  }));
  if (embedder.ready && !embedder.remedy) return found;  // one that is ready may not know a language
  return [...found, { message: `${words.embedder}: ${told(embedder, "detail")}`, remedy: told(embedder, "remedy"), aside: "" }];
}

/**
 * Say what a lane does now, each thing in a few words.
 *
 * @param {Pick<LaneSnapshot, "name" | "calls" | "size_bytes">} lane
 * @param {Pick<StatusOut, "waiting" | "asks_under_way"> & { snapshot: Pick<Snapshot, "workers" | "answers"> }} status
 * @param {Pace} pace
 * @returns {string[]}
 */
export function doing({ name, calls, size_bytes: bytes }, { waiting, asks_under_way: asks, snapshot: { workers, answers } }, pace) {
  const words = say().lanes;
  const memory = bytes ? size(bytes) : "";
  if (name === "filing") {
    const rate = pace.jobs * 60;
    return [
      queueWord({ waiting }), rate ? words.rate(numeral(rate, rate < 10 ? 1 : 0)) : "",
      pace.left === null ? "" : words.left(duration(pace.left)), words.workers(workers), memory,
    ].filter(Boolean);
  }
  return [
    asks ? words.under_way(asks) : words.no_question, answers.waiting ? words.in_line(answers.waiting) : "",
    calls.first_token_s === null ? "" : words.first_word(`${numeral(calls.first_token_s, 1)} s`),
    pace.tokens ? words.tokens(numeral(pace.tokens, 1)) : "", memory,
  ].filter(Boolean);
}

/**
 * Say what waits for what, and why; nothing where nothing is held up.
 *
 * @param {Pick<StatusOut, "parked" | "asks_under_way" | "waiting"> & { snapshot: Pick<Snapshot, "jobs" | "lanes" | "workers" | "store_answers" | "queue_fault" | "backup_fault"> }} status
 * @returns {string[]}
 */
export function reasons({ asks_under_way: asks, waiting, snapshot }) {
  const words = say().lanes;
  const { jobs, lanes, workers, store_answers: storeAnswers } = snapshot;
  const queued = Object.values(jobs).reduce((sum, each) => sum + each.queued, 0);
  const down = new Set(lanes.filter(({ health }) => !health.ready).map(({ name }) => name));
  /** @param {"filing" | "chat"} lane */
  const held = (lane) => Object.entries(jobs)
    .filter(([kind, each]) => each.lane === lane && kind === "classify").reduce((sum, [, each]) => sum + each.queued, 0);
  return [
    storeAnswers ? "" : words.store_away,
    told(snapshot, "queue_fault"), told(snapshot, "backup_fault"),
    queued && !workers ? words.no_worker(queued) : "",
    down.has("filing") && held("filing") ? words.waits_for_model(held("filing"), words.names.filing) : "",
    asks && waiting ? words.gives_way : "",
  ].filter(Boolean);
}

/**
 * @param {string} kind
 * @param {StepJobs} jobs
 */
export function jobsRow(kind, { lane, queued, running, done, parked, oldest_s: oldest }) {
  const { steps, names } = say().lanes;
  const age = queued + running ? duration(oldest) : "–";
  return [named(steps, kind), named(names, lane), ...[queued, running, done, parked].map((each) => numeral(each)), age];
}

/**
 * Return what decided, with the number and the share of the files.
 *
 * @param {Partial<Record<string, number>>} tiers
 */
export function tierRows(tiers) {
  const rows = Object.entries(tiers).map(([tier, number]) => /** @type {const} */ ([tier, number ?? 0]));
  const total = rows.reduce((sum, [, number]) => sum + number, 0);
  return rows.map(([tier, number]) => ({ name: named(say().lanes.tier_names, tier), number, share: number / total }));
}

/**
 * Return what people's decisions say of filing's, as names and values.
 *
 * @param {FilingProof} proof
 * @returns {string[][]}
 */
export function proofRows({ max_error: most, threshold, proven, decided, right, ece, needed }) {
  const words = say().lanes;
  const rows = [
    [words.without_you, words.certain_on(percent(threshold))],
    [words.at_most(percent(most)), proven ? words.proven : words.not_proven],
  ];
  if (decided) rows.push([words.right_where_asked, words.right_of(right, decided, percent(right / decided))]);
  if (typeof ece === "number") rows.push([words.ece, numeral(ece, 3)]);
  for (const { error, decisions } of needed.filter((one) => one.decisions)) {
    rows.push([words.to_prove(percent(error)), words.more_decisions(decisions)]);
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
  const words = say().lanes;
  if (folder === null) return [[words.planned, words.not_planned_how]];
  const last = backups.find(({ fault }) => !fault);
  const bad = backups.filter(({ fault }) => fault);
  /** @type {[string, string][]} */
  const rows = [
    [words.last, last ? `${fromNow(Math.min(0, last.made_at - now))}, ${size(last.size_bytes)}` : words.none_yet],
    [words.next, typeof due !== "number" ? words.not_planned : due <= now ? words.as_soon : fromNow(due - now)],
    [words.kept_in, `${folder}: ${backups.length}`],
  ];
  if (bad.length) rows.push([words.unusable(bad.length), bad[0] ? told(bad[0], "fault") : ""]);
  return rows;
}

/**
 * Return how a watched folder stands; `now` is in seconds since the epoch.
 *
 * @param {FolderStanding} folder
 * @param {number} now
 */
export function folderRow(folder, now) {
  const { path, watch, waiting, last_change_at: last, apply } = folder;
  const words = say().lanes;
  const how = words.watched[watch];
  const heard = last ? fromNow(Math.min(0, last - now)) : "–";
  return [path, apply ? words.empties(how) : how, numeral(waiting), heard, [told(folder, "fault"), told(folder, "remedy")].filter(Boolean).join(" → ")];
}

/** @param {WorkerRecord} worker */
export function workerRow({ name, lane, threads, concurrency, done, started_at: began, seen_at: seen, draining, version }) {
  const words = say().lanes;
  const state = [version, draining ? words.ending : ""].filter(Boolean).join(", ");
  return [name, named(words.names, lane), numeral(concurrency || threads), duration(Math.max(0, seen - began)), numeral(done), state];
}

/** @param {ExclusionKind} kind of what is kept out */
export const exclusionWord = (kind) => say().lanes.exclusion_kinds[kind];
