// @ts-check
// A plan that is not kept yet: what it would do, what it leaves where it is, and keeping it.

import { draftPlan, keepPlan, shown } from "../common/api.js";
import { box, el, problem, replace } from "../common/dom.js";
import { go } from "../common/router.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { moveRow, pathNode, rowsOf } from "./diff.js";
import { LongList } from "./long.js";
import { causeWord, wouldDo } from "./words.js";

/** @import { DraftIn, DraftPlanOut, LeftCause, LeftFileOut } from "../common/schemas.js" */

const FIRST = 100; // files that are asked for at once with the draft
const REST_MS = 150; // the server makes the draft anew for each part of it

/** Counts the drafts, so that a slow answer is dropped once another was asked for. */
let drafts = 0;
/** @type {{ show: () => Promise<void>, end: () => void }[]} the lists of the draft that is shown */
let lists = [];

export function dropDraft() {
  drafts += 1;
  for (const list of lists) list.end();
  lists = [];
}

/**
 * Make a draft and show it.
 *
 * @param {DraftIn} given
 */
export async function showDraft(given) {
  dropDraft();
  const mine = drafts;
  box("order-problem").replaceChildren();
  replace(box("order-shown"), [el("p", { class: "aside wait", role: "status", text: say().order.looking })]);
  try {
    const found = await draftPlan(given, FIRST, 0);
    if (mine !== drafts) return;
    replace(box("order-shown"), [section(given, found)]);
    box("order-shown").querySelector("h3")?.focus();
    await Promise.all(lists.map((list) => list.show()));
  } catch (error) {
    if (mine !== drafts) return;
    replace(box("order-shown"), []);
    box("order-problem").replaceChildren(problem(shown(error)));
  }
}

/**
 * @param {DraftIn} given
 * @param {DraftPlanOut} found
 */
function section(given, found) {
  const { moves, total, folder_count: folders, left_total: named, left_counts: counts } = found;
  const { fetchMoves, fetchLeft } = fetching(given, found);
  const going = new LongList({
    label: say().order.files_going, name: "diff", row: moveRow, keyOf: ({ move }) => move.number, fetch: fetchMoves, restMs: REST_MS,
  });
  const staying = new LongList({
    label: say().order.files_staying, name: "left", row: leftRow, keyOf: ({ path }) => path, fetch: fetchLeft, restMs: REST_MS,
  });
  const kind = moves[0]?.kind ?? "move";
  lists = [going, staying];
  return el(
    "section", { class: "planned", "aria-label": say().order.would_go },
    el("h3", { tabindex: -1, text: wouldDo(total, folders, kind) }),
    el("p", { class: "aside", text: say().order.untouched(told(found, "options")) }),
    stays(counts),
    total ? keeping(given) : null,
    total ? going.node : null,
    named ? el("details", { on: { toggle: () => staying.show() } }, el("summary", { text: say().order.staying(named) }), staying.node) : null,
  );
}

/** @param {Partial<Record<LeftCause, number>>} counts */
function stays(counts) {
  const rows = /** @type {[LeftCause, number][]} */ (Object.entries(counts)).filter(([, number]) => number);
  if (!rows.length) return null;
  return el(
    "ul", { class: "stays", "aria-label": say().order.what_stays },
    ...rows.map(([cause, number]) => el("li", {}, el("span", { class: "number", text: number }), ` ${say().order.stays(number, causeWord(cause))}`)),
  );
}

/**
 * Return what fetches the parts of a draft; what came with it is not asked for again.
 *
 * @param {DraftIn} given
 * @param {DraftPlanOut} found
 */
function fetching(given, found) {
  /** @type {(offset: number, limit: number) => Promise<DraftPlanOut>} */
  const part = async (offset, limit) => (offset ? draftPlan(given, limit, offset) : found);
  return {
    fetchMoves: async (/** @type {number} */ offset, /** @type {number} */ limit) => {
      const { moves, total } = await part(offset, limit);
      return { items: rowsOf(moves), total };
    },
    fetchLeft: async (/** @type {number} */ offset, /** @type {number} */ limit) => {
      const { left, left_total: total } = await part(offset, limit);
      return { items: left, total };
    },
  };
}

/** @param {LeftFileOut} file */
const leftRow = (file) => el(
  "li", {}, pathNode(file.path), el("span", { class: "note", text: [causeWord(file.cause), told(file, "detail")].filter(Boolean).join(": ") }),
);

/** @param {DraftIn} given */
function keeping(given) {
  const name = el("input", {
    type: "text", maxlength: 100, placeholder: say().order.name_hint, "aria-label": say().order.name_of_plan, autocomplete: "off",
  });
  const wrong = el("div", {});
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    keep.disabled = true;
    try {
      const plan = await keepPlan({ ...given, name: name.value.trim() });
      go({ plan: plan.name });
    } catch (error) {
      wrong.replaceChildren(problem(shown(error)));
      keep.disabled = false;
    }
  };
  const keep = el("button", { type: "submit", class: "main", text: say().order.keep });
  return el("form", { class: "edit keeping", on: { submit } }, name, keep, wrong);
}
