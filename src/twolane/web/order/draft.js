// @ts-check
// A plan that is not kept yet: what it would do, what it leaves where it is, and keeping it.

import { draftPlan, keepPlan, shown } from "../common/api.js";
import { box, el, problem, replace } from "../common/dom.js";
import { go } from "../common/router.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { diff, pathNode } from "./diff.js";
import { PAGE_SIZE, paged } from "./pager.js";
import { causeWord, wouldDo } from "./words.js";

/** @import { DraftIn, DraftPlanOut, LeftCause, LeftFileOut } from "../common/schemas.js" */

/** Counts the drafts, so that a slow answer is dropped once another was asked for. */
let drafts = 0;

export function dropDraft() { drafts += 1; }

/**
 * Make a draft and show it.
 *
 * @param {DraftIn} given
 */
export async function showDraft(given) {
  const mine = ++drafts;
  box("order-problem").replaceChildren();
  replace(box("order-shown"), [el("p", { class: "aside wait", role: "status", text: say().order.looking })]);
  try {
    const found = await draftPlan(given, PAGE_SIZE, 0);
    if (mine !== drafts) return;
    replace(box("order-shown"), [section(given, found)]);
    box("order-shown").querySelector("h3")?.focus();
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
  const { moves, total, folder_count: folders, left, left_total: named, left_counts: counts } = found;
  const again = (/** @type {number} */ offset) => draftPlan(given, PAGE_SIZE, offset);
  const kind = moves[0]?.kind ?? "move";
  return el(
    "section", { class: "planned", "aria-label": say().order.would_go },
    el("h3", { tabindex: -1, text: wouldDo(total, folders, kind) }),
    el("p", { class: "aside", text: say().order.untouched(told(found, "options")) }),
    stays(counts),
    total ? keeping(given) : null,
    total ? paged(say().order.files_going, total, async (at) => [diff((await again(at)).moves)], [diff(moves)]) : null,
    named ? el(
      "details", {}, el("summary", { text: say().order.staying(named) }),
      paged(say().order.files_staying, named, async (at) => [leftList((await again(at)).left)], [leftList(left)]),
    ) : null,
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

/** @param {LeftFileOut[]} left */
function leftList(left) {
  return el("ul", { class: "left" }, ...left.map((file) => el(
    "li", {}, pathNode(file.path), el("span", { class: "note", text: [causeWord(file.cause), told(file, "detail")].filter(Boolean).join(": ") }),
  )));
}

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
