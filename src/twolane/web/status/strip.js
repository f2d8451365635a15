// @ts-check
// The strip at the top: both lanes, the queue, and what to do where something is wrong.

import { box, el, problem } from "../common/dom.js";
import { TITLES, queueWord, troubles, wordOf } from "./words.js";

/** @import { Trouble } from "../common/dom.js" */
/** @import { LaneOut, StatusOut } from "../common/schemas.js" */

/** @param {LaneOut} lane */
function chip(lane) {
  const word = wordOf(lane);
  return el(
    "div",
    { class: `lane ${lane.name} ${word}`, title: `${lane.runtime} ${lane.url}\n${lane.detail}` },
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "lane-name", text: TITLES[lane.name] }),
    el("span", { class: "model", text: lane.model || "rules only" }),
    el("span", { class: "word", text: word }),
  );
}

/** @param {StatusOut} status */
function queue(status) {
  const word = queueWord(status);
  if (!status.waiting) return el("div", { class: "queue", text: word });
  return el(
    "div",
    { class: "queue busy" },
    el("span", { class: "spinner", "aria-hidden": "true" }),
    el("span", { text: word }),
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
  box("strip").replaceChildren(...status.lanes.map(chip), queue(status));
  box("banners").replaceChildren(...troubles(status).map(banner));
}

/** @param {Trouble} error */
export function showDisconnected(error) {
  box("banners").replaceChildren(problem(error));
}
