// @ts-check
// Files in order: a plan is made, looked at, applied and undone here.

import { onChange } from "../common/changes.js";
import { box, button, byId, replace } from "../common/dom.js";
import { go, onPlace, place } from "../common/router.js";
import { dropDraft, showDraft } from "./draft.js";
import { fillChoices, given, leadToMissingRoot, leadToWrongRule, startMaking } from "./making.js";
import { showPlan } from "./plan.js";
import { showPlans } from "./plans.js";
import { forgetFailure, isRunning } from "./running.js";

const form = byId("order-form", HTMLFormElement);
/** @type {string | null} the plan that is shown, "" for all of them, null before the view was first looked at */
let now = null;
let wasHere = false;

/** @param {boolean} open */
function unfold(open) {
  if (open && form.hidden) fillChoices();
  form.hidden = !open;
  button("order-new").setAttribute("aria-expanded", String(open));
}

async function refresh() {
  await Promise.all([showPlans(refresh), place().view === "order" && place().plan ? showPlan(refresh) : null]);
}

async function follow() {
  const { view, plan } = place();
  const isBack = view === "order" && !wasHere;
  wasHere = view === "order";
  if (isBack && plan === now) await refresh(); // a command may have done something meanwhile
  if (!wasHere || plan === now) return;
  now = plan;
  dropDraft();
  if (!isRunning()) forgetFailure();
  unfold(false);
  box("order-body").scrollTop = 0;
  replace(box("order-shown"), []);
  await Promise.all([showPlans(refresh), plan ? showPlan(refresh, true) : null]);
}

export function startOrder() {
  startMaking();
  button("order-new").addEventListener("click", () => {
    const open = Boolean(form.hidden);
    if (open && place().plan) go({ plan: "" });
    unfold(open);
    if (open) byId("order-folders", HTMLTextAreaElement).focus();
    else replace(box("order-shown"), []);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!leadToWrongRule() && !leadToMissingRoot()) showDraft(given());
  });
  onChange(() => { if (place().view === "order") refresh(); });
  onPlace(follow);
  if (place().view !== "order") showPlans(refresh); // the tab says what is not finished
}
