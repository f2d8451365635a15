// @ts-check
// What stands below an answer's text: what went wrong, what files state otherwise, its sources, and what it took.

import { el, problem } from "../common/dom.js";
import { say } from "../common/say.js";
import { isNarrowed } from "../common/session.js";
import { cost, ended, stated, unread } from "./answer.js";
import { sourceLists } from "./sources.js";

/** @import { StatedValueOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */

/**
 * @param {Answer} answer
 * @returns {Node[]}
 */
export function foot(answer) {
  if (!ended(answer)) return sourceLists(answer);
  const took = answer.trouble ? "" : cost(answer);
  const left = unread(answer);
  return [
    ...(answer.trouble ? [problem(answer.trouble)] : []),
    ...(answer.reason ? [el("p", { class: "reason", text: answer.reason })] : []),
    ...(answer.refused && isNarrowed() ? [el("p", { class: "reason", text: say().ask.seen_alone })] : []),
    ...(answer.done?.cut ? [el("p", { class: "reason", text: say().ask.cut })] : []),
    ...answer.contradictions.map(contradiction),
    ...sourceLists(answer),
    ...(left ? [el("p", { class: "cost", text: left })] : []),
    ...(took ? [el("p", { class: "cost", text: took })] : []),
  ];
}

/** @param {StatedValueOut[]} values */
function contradiction(values) {
  const items = stated(values).map((text) => el("li", { text }));
  return el("div", { class: "differ", role: "note" }, el("p", { text: say().ask.differ }), el("ul", {}, ...items));
}
