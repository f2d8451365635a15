// @ts-check
// All plans that are kept, the newest first, and what was not finished before all else.

import { listPlans, shown } from "../common/api.js";
import { box, el, problem, replace } from "../common/dom.js";
import { moment } from "../common/format.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { go, place } from "../common/router.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { isRunning, run } from "./running.js";
import { actsOf, planWord, soFar, unfinished } from "./words.js";

/** @import { PlanOut } from "../common/schemas.js" */

const STEP = 50;
let wanted = STEP;

/**
 * Show the plans.
 *
 * @param {() => unknown} again run once something has changed
 */
export async function showPlans(again) {
  try {
    const found = await listPlans(Math.min(wanted + 1, 1000), 0);
    const begun = isRunning() ? [] : found.filter(unfinished);
    box("order-unfinished-count").textContent = begun.length ? String(begun.length) : "";
    replace(box("order-unfinished"), begun.filter(({ name }) => name !== place().plan).map((plan) => notice(plan, again)));
    replace(box("order-plans"), place().plan ? [] : list(found, again));
  } catch (error) {
    replace(box("order-plans"), [problem(shown(error))]);
  }
}

/** @param {string} plan */
const addressOfPlan = (plan) => addressOf({ view: "order", filters: NO_FILTERS, file: null, page: null, plan });

/**
 * @param {PlanOut} plan
 * @param {() => unknown} again
 */
function notice(plan, again) {
  const buttons = actsOf(plan).map(([act, text]) => el("button", {
    type: "button", class: "quiet", text, "aria-label": `${text}: ${plan.name}`,
    on: { click: () => { go({ plan: plan.name }); run(plan.name, act, again); } },
  }));
  return el(
    "div", { class: "notice unfinished", role: "group", "aria-label": say().order.unfinished(plan.name) },
    el("p", {}, el("a", { href: addressOfPlan(plan.name) }, el("bdi", { text: plan.name })),
      say().order.not_finished(soFar(plan))), ...buttons,
  );
}

/**
 * @param {PlanOut[]} plans
 * @param {() => unknown} again
 */
function list(plans, again) {
  if (!plans.length) return [nothing()];
  const rows = plans.slice(0, wanted).map((plan) => el(
    "li", {},
    el("a", { href: addressOfPlan(plan.name), class: "plan-name" }, el("bdi", { text: plan.name })),
    el("span", { class: "badge", data: { state: plan.state }, text: planWord(plan.state) }),
    el("span", { text: soFar(plan) }),
    el("time", { datetime: latest(plan), text: moment(latest(plan)) }),
    el("span", { class: "note", text: told(plan, "options") }),
  ));
  const more = el("button", { type: "button", class: "quiet small", text: say().order.show_more, on: { click: () => { wanted += STEP; again(); } } });
  return [
    el("h3", { text: say().order.plans }),
    el("ul", { class: "plans", "aria-label": say().order.plans }, ...rows),
    ...(plans.length > wanted ? [more] : []),
  ];
}

/** @param {PlanOut} plan */
const latest = ({ made_at: made, applied_at: applied, undone_at: undone }) => undone ?? applied ?? made;

function nothing() {
  return el(
    "div", { class: "empty" },
    el("h3", { text: say().order.none }),
    el("p", { text: say().order.none_about }),
  );
}
