// @ts-check
// One plan that is kept: its moves, how far they are, and what can be done with it.

import { forgetPlan, getPlan, listMoves, shown, undoMove } from "../common/api.js";
import { changed } from "../common/changes.js";
import { box, el, problem, replace, toast, toastTrouble } from "../common/dom.js";
import { moment } from "../common/format.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { go, place } from "../common/router.js";
import { say } from "../common/say.js";
import { askingButton } from "./asking.js";
import { moveRow, rowsOf } from "./diff.js";
import { LongList } from "./long.js";
import { failureOf, run, runningOf } from "./running.js";
import { actsOf, moveWord, planWord, soFar } from "./words.js";

/** @import { MoveOut, MoveState, PlanOut } from "../common/schemas.js" */
/** @import { MoveRow } from "./diff.js" */

/** @type {MoveState | ""} the moves that are looked at, or all */
let chosen = "";
let total = 0; // of the moves that are looked at
/** @type {LongList<MoveRow> | null} those moves */
let moves = null;
/** Counts the looks, so that a slow answer is dropped once another was asked for. */
let looks = 0;

/**
 * Show the plan that the address names.
 *
 * @param {() => unknown} again run once something has changed
 * @param {boolean} [isNew] whether another one was shown before
 */
export async function showPlan(again, isNew = false) {
  const mine = ++looks;
  const { plan: name } = place();
  if (isNew) {
    look("");
    replace(box("order-shown"), [el("p", { class: "aside wait", role: "status", text: say().order.looking_at_plan })]);
  }
  try {
    const plan = await getPlan(name);
    if (mine !== looks || place().plan !== name) return;
    if (chosen && !plan.counts[chosen]) look("");
    total = chosen ? plan.counts[chosen] ?? 0 : plan.total;
    moves ??= movesOf(name, chosen, again);
    replace(box("order-shown"), [section(plan, again, moves.node)]);
    if (isNew) box("order-shown").querySelector("h3")?.focus();
    await moves.show();
  } catch (error) {
    if (mine === looks) replace(box("order-shown"), [problem(shown(error))]);
  }
}

/**
 * Look at other moves.
 *
 * @param {MoveState | ""} state
 */
function look(state) {
  chosen = state;
  moves?.end();
  moves = null;
}

/**
 * @param {string} name
 * @param {MoveState | ""} wanted
 * @param {() => unknown} again
 * @returns {LongList<MoveRow>}
 */
const movesOf = (name, wanted, again) => new LongList({
  label: say().order.moves, name: "diff", keyOf: ({ move }) => move.number,
  row: (one) => moveRow(one, (move) => undoButton(name, move, again)),
  fetch: async (offset, limit) => ({ items: rowsOf(await listMoves(name, wanted ? [wanted] : [], limit, offset)), total }),
});

/**
 * @param {PlanOut} plan
 * @param {() => unknown} again
 * @param {Node} list
 */
function section(plan, again, list) {
  const { name, state, options, total: all, made_at: made, applied_at: applied, undone_at: undone, by } = plan;
  const { made_at: madeAt, applied_at: appliedAt, undone_at: undoneAt } = say().order;
  /** @type {(word: (time: string) => string, at: string | null) => string} */
  const when = (word, at) => (at ? word(moment(at)) : "");
  const times = [when(madeAt, made), when(appliedAt, applied), when(undoneAt, undone), by && say().order.by(by)].filter(Boolean).join(" · ");
  return el(
    "section", { class: "planned", "aria-label": say().order.plan(name) },
    el("a", { class: "all-plans", href: addressOf({ view: "order", filters: NO_FILTERS, file: null, page: null }), text: say().order.back }),
    el("h3", { tabindex: -1, dir: "auto" }, name, " ", el("span", { class: "badge", data: { state }, text: planWord(state) })),
    el("p", { class: "aside", text: [options, times].filter(Boolean).join(" · ") }),
    el("p", { text: say().order.in_all(all, soFar(plan)) }),
    failureOf(name),
    runningOf(name) ?? acts(plan, again),
    states(plan, again),
    list,
  );
}

/**
 * @param {PlanOut} plan
 * @param {() => unknown} again
 */
function acts(plan, again) {
  const { name, state } = plan;
  const shown = actsOf(plan).map(([act, text], at) => el("button", {
    type: "button", class: at ? "quiet" : "main", text, data: { key: `${act} plan` }, on: { click: () => run(name, act, again) },
  }));
  const forget = state === "proposed"
    ? [askingButton(say().order.forget, say().order.forget_question, say().order.forget, () => drop(name, again))]
    : [];
  return el("div", { class: "plan-acts" }, ...shown, ...forget);
}

/**
 * @param {string} name
 * @param {() => unknown} again
 */
async function drop(name, again) {
  try {
    await forgetPlan(name);
    toast(say().order.forgotten(name));
    go({ plan: "" }, { replace: true });
  } catch (error) {
    toastTrouble(shown(error));
    again();
  }
}

/**
 * @param {PlanOut} plan
 * @param {() => unknown} again
 */
function states({ counts, total: all }, again) {
  const found = /** @type {[MoveState, number][]} */ (Object.entries(counts)).filter(([, number]) => number);
  if (found.length < 2) return null;
  /** @type {(state: MoveState | "", text: string, number: number) => Node} */
  const chip = (state, text, number) => el("button", {
    type: "button", class: "chip", "aria-pressed": String(state === chosen), data: { key: `chip ${state}` },
    on: { click: () => { look(state); again(); } },
  }, text, el("span", { class: "count", text: number }));
  return el(
    "div", { class: "chips", role: "group", "aria-label": say().order.moves },
    chip("", say().order.all, all), ...found.map(([state, number]) => chip(state, moveWord(state), number)),
  );
}

/**
 * @param {string} name
 * @param {MoveOut} move
 * @param {() => unknown} again
 */
export function undoButton(name, { number, target, state }, again) {
  if (state !== "done" && state !== "kept") return null;
  return el("button", {
    type: "button", class: "quiet small", text: say().order.undo, "aria-label": say().order.undo_only(target), on: { click: async () => {
      try {
        await undoMove(name, number);
        toast(say().order.back_again);
        changed();
      } catch (error) {
        toastTrouble(shown(error));
      }
      again();
    } },
  });
}
