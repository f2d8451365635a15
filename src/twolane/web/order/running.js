// @ts-check
// A plan that is being applied or undone from here, with how far it is.

import { getPlan, isAbort, runPlan, shown } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, problem, toast } from "../common/dom.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { outcome, pace } from "./words.js";

/** @import { PlanOut, PlanProgressOut } from "../common/schemas.js" */
/** @import { Act } from "./words.js" */

const MOST_LOOKS = 120;
const LOOK_EVERY_MS = 250;
const bar = el("progress", {});
const text = el("span", { class: "number" });
const stop = el("button", { type: "button", class: "main stop", data: { key: "stop plan" }, on: { click: () => stopping?.abort() } });
const about = el("p", { class: "aside" });
const node = el("div", { class: "running" }, bar, text, stop, about);
/** @type {AbortController | null} */
let stopping = null;
let plan = "";
/** @type {{ name: string, node: HTMLElement } | null} what went wrong with a plan the last time */
let failed = null;

/** Whether a plan is under way from here. */
export const isRunning = () => Boolean(plan);

/** @param {string} name */
export const runningOf = (name) => (plan === name ? node : null);

/** @param {string} name */
export const failureOf = (name) => (failed?.name === name ? failed.node : null);

export function forgetFailure() { failed = null; }

/**
 * Apply or undo a plan, and show how far it is.
 *
 * @param {string} name
 * @param {Act} act
 * @param {() => unknown} show run when it has begun and when it is over
 */
export async function run(name, act, show) {
  if (plan) {
    toast(say().order.under_way(plan), true);
    return;
  }
  plan = name;
  failed = null;
  stopping = new AbortController();
  bar.removeAttribute("value");
  bar.ariaLabel = say().order.how_far;
  stop.textContent = say().order.stop;
  about.textContent = say().order.closing;
  text.textContent = say().order.beginning;
  show();
  try {
    await follow(name, act, stopping.signal, show);
  } catch (error) {
    if (isAbort(error)) await untilStopped(name);
    else failed = { name, node: problem(shown(error)) };
  } finally {
    plan = "";
  }
  changed();
  show();
}

/**
 * @param {string} name
 * @param {Act} act
 * @param {AbortSignal} signal
 * @param {() => unknown} show
 */
async function follow(name, act, signal, show) {
  const began = performance.now();
  /** @type {number | null} */
  let before = null;
  for await (const { name: kind, data } of runPlan(name, act, signal)) {
    if (kind === "progress") {
      before ??= data.done;
      tell(data, (performance.now() - began) / 1000, before);
    } else if (kind === "error") {
      failed = { name, node: problem({ message: told(data, "error"), remedy: told(data, "remedy") }) };
    } else {
      const undo = act === "apply" && data.counts.done ? () => run(name, "undo", show) : undefined;
      toast(outcome(data, act), false, undo);
    }
  }
}

/**
 * Wait for the files under way, which a stop lets end.
 *
 * @param {string} name
 */
async function untilStopped(name) {
  text.textContent = say().order.stopping;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const { counts } = await getPlan(name).catch(() => ({ counts: /** @type {PlanOut["counts"]} */ ({}) }));
    if (!counts.started && !counts.undoing) return;
    await new Promise((done) => { setTimeout(done, LOOK_EVERY_MS); });
  }
}

/** @type {(progress: PlanProgressOut, seconds: number, before: number) => void} */
function tell(progress, seconds, before) {
  bar.max = Math.max(1, progress.total);
  bar.value = progress.done;
  text.textContent = pace(progress, seconds, before);
}
