// @ts-check
// How fast both lanes are, from how they stood over the last half minute.

/** @import { Snapshot } from "../common/schemas.js" */
/** @typedef {{ jobs: number, tokens: number, left: number | null }} Pace jobs and tokens a second; seconds left, null while unknown */

const WINDOW_S = 30;
const SHORTEST_S = 2;

export class RateMeter {
  /** @type {{ at: number, jobs: number, tokens: number }[]} */
  #seen = [];

  /**
   * Take how all stands now, and return how fast it went.
   *
   * @param {Pick<Snapshot, "jobs" | "lanes">} snapshot
   * @param {number} now in seconds
   * @returns {Pace}
   */
  take({ jobs: steps, lanes }, now) {
    const all = Object.values(steps);
    const jobs = all.reduce((sum, { done }) => sum + done, 0);
    const tokens = lanes.reduce((sum, { name, calls }) => sum + (name === "chat" ? calls.completion_tokens : 0), 0);
    this.#seen = [...this.#seen.filter(({ at, jobs: before }) => now - at <= WINDOW_S && before <= jobs), { at: now, jobs, tokens }];
    const first = this.#seen[0];
    const passed = first ? now - first.at : 0;
    if (!first || passed < SHORTEST_S) return { jobs: 0, tokens: 0, left: null };
    const waiting = all.reduce((sum, { queued, running }) => sum + queued + running, 0);
    const rate = (jobs - first.jobs) / passed;
    return { jobs: rate, tokens: Math.max(0, tokens - first.tokens) / passed, left: rate && waiting ? waiting / rate : null };
  }
}
