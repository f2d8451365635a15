// @ts-check
// The strip at the top: both lanes, what waits, and what to do where something is wrong.

import { box, el, problem } from "../common/dom.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { queueWord, stateOf, troubles, wordOf } from "./words.js";

/** @import { Trouble } from "../common/dom.js" */
/** @import { LaneSnapshot, StatusOut } from "../common/schemas.js" */

/** @param {LaneSnapshot} lane */
function chip({ name, model, runtime, url, health }) {
  return el(
    "div",
    { class: `lane ${name} ${stateOf(health)}`, title: `${model || say().lanes.rules_only}\n${runtime} ${url}\n${told(health, "detail")}` },
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "lane-name", text: say().lanes.names[name] }),
    el("span", { class: "word", text: wordOf(health) }),
  );
}

/** @param {StatusOut} status */
function queue(status) {
  if (!status.waiting) return "";
  return el(
    "div",
    { class: "queue busy" },
    el("span", { class: "spinner", "aria-hidden": "true" }),
    el("span", { text: queueWord(status) }),
  );
}

/** @param {Trouble & { aside: string }} trouble */
function banner(trouble) {
  const shown = problem(trouble);
  shown.removeAttribute("role"); // the whole strip of banners is announced
  if (trouble.aside) shown.append(el("span", { class: "aside", text: trouble.aside }));
  return shown;
}

/** @param {StatusOut} status */
export function showStrip(status) {
  box("strip").replaceChildren(...status.snapshot.lanes.map(chip), queue(status));
  box("banners").replaceChildren(...troubles(status.snapshot).map(banner));
}

/** @param {Trouble} error */
export function showDisconnected(error) {
  box("strip").replaceChildren(); // nobody knows how the lanes are now
  box("banners").replaceChildren(problem(error));
}
