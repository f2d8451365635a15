// @ts-check
// What plans have done to a file, on its panel: where it came from, and taking back the last of it.

import { listPast, shown } from "../common/api.js";
import { el, problem } from "../common/dom.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { say } from "../common/say.js";
import { isAllowed } from "../common/session.js";
import { told } from "../common/told.js";
import { pathNode } from "./diff.js";
import { undoButton } from "./plan.js";
import { moveWord } from "./words.js";

/** @import { PastMoveOut } from "../common/schemas.js" */

const MOST = 10;

/**
 * Return a place for what plans have done to the file at a path, which fills itself.
 *
 * @param {string} path
 * @param {() => unknown} again run once something has changed
 */
export function pastSection(path, again) {
  const section = el("section", { class: "moved", "aria-label": say().order.moves });
  pastOf(path).then(
    (moves) => { if (moves.length) section.replaceChildren(...list(moves, again)); },
    (error) => section.replaceChildren(problem(shown(error))),
  );
  return section;
}

/**
 * Follow a file back through the plans that have moved it on.
 *
 * @param {string} path
 */
async function pastOf(path) {
  if (!await isAllowed("admin")) return [];
  /** @type {PastMoveOut[]} */
  const found = [];
  const known = new Set();
  for (let at = path; at && found.length < MOST;) {
    const moves = (await listPast(at)).filter(({ plan, number }) => !known.has(`${number} ${plan}`));
    for (const { plan, number } of moves) known.add(`${number} ${plan}`);
    found.push(...moves);
    at = moves.find(({ target, kind, state }) => target === at && kind === "move" && state !== "undone")?.source ?? "";
  }
  return found.slice(0, MOST);
}

/**
 * @param {PastMoveOut[]} moves the last first
 * @param {() => unknown} again
 */
function list(moves, again) {
  const rows = moves.map((move, at) => {
    const { plan, kind, source, state, at: time } = move;
    const address = addressOf({ view: "order", filters: NO_FILTERS, file: null, page: null, plan });
    const when = time ? new Date(time).toLocaleString() : "";
    return el(
      "li", {},
      el("span", {}, kind === "move" ? say().order.from_place : say().order.kind_of(kind), pathNode(source)),
      at ? null : undoButton(plan, move, again),
      el("span", { class: "about" }, `${moveWord(state)} ${when} · ${say().order.plan_word} `, el("a", { href: address }, el("bdi", { text: plan })),
        move.note ? ` · ${told(move, "note")}` : ""),
    );
  });
  return [el("h3", { text: say().order.moved_by_plans }), el("ul", {}, ...rows)];
}
