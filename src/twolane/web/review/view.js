// @ts-check
// The review: one file after another that waits for a person, with single keys for everything.

import { correct, getProposal, isAbort, listFiles, shown, undo } from "../common/api.js";
import { categories, loadCategories, nameOf } from "../common/categories.js";
import { box, button, byId, el, problem, toast, toastTrouble } from "../common/dom.js";
import { percent } from "../common/format.js";
import { later } from "../common/later.js";
import { go, onPlace, place } from "../common/router.js";
import { onStatus } from "../common/standing.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { sayAffected } from "./again.js";
import { allPlaced, causeOf, choicesOf, matching, meaning, runnerUp } from "./choices.js";
import { fileSide } from "./file.js";
import { loadPlacements } from "./placements.js";

/** @import { ClassificationOut, FileOut, StatusOut } from "../common/schemas.js" */
/** @import { Choice, Verb } from "./choices.js" */

const search = byId("review-search", HTMLInputElement);
/** @type {FileOut | null} the file that is shown */
let now = null;
/** @type {Choice[]} */
let choices = [];
/** @type {Set<number>} */
const skipped = new Set();
/** @type {FileOut[]} what was decided here, the last one at the end */
const decided = [];
let waiting = -1;
/** What would be proposed of the file after the one that is shown, asked for while a person looks at that one. @type {{ id: number, made: Promise<ClassificationOut | null> } | null} */
let ahead = null;
const PATIENCE_MS = 300; // to learn of a decision takes a busy machine long, and nobody is to wait for it
/** What gets the focus of a file that is shown: its proposal, or the first of the choices. */
const FIRST = /** @type {"button"} */ (".accept, .choice");
/** What was asked for is done one after the other, so that what loads slowly does not come after what was later. */
let chain = Promise.resolve();

/** @param {() => Promise<void>} what */
function inTurn(what) {
  chain = chain.then(what).catch(reportError); // a fault of the page must not stop what comes after it
}

const placementsSoon = later(loadPlacements, 300);
const affectedSoon = later(() => { // it costs as much as learning: once for several keys
  const last = decided.at(-1);
  if (last) sayAffected(last.file_id);
}, 2000);

const isHere = () => place().view === "review";

/** Show the first file that waits and was not skipped. */
async function next() {
  const limit = String(Math.min(500, skipped.size + 2));
  const query = new URLSearchParams({ state: "review", limit });
  try {
    const [{ files, total }] = await Promise.all([listFiles(query, new AbortController().signal), loadCategories()]);
    const [found = null, following] = files.filter(({ file_id: id }) => !skipped.has(id));
    show(found && await lookedAtAnew(found), total);
    ahead = following && decided.length ? { id: following.file_id, made: proposed(following.file_id) } : null;
  } catch (error) {
    if (!isAbort(error)) box("review-body").replaceChildren(problem(shown(error)));
  }
}

/** @param {number} id */
const proposed = (id) => getProposal(id).catch(() => null);

/**
 * Return a file with what would be proposed now, where that is soon known: what was decided here has taught something.
 *
 * @param {FileOut} file
 */
async function lookedAtAnew(file) {
  if (!decided.length) return file;
  const made = ahead?.id === file.file_id ? ahead.made : proposed(file.file_id);
  const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS, null); });
  const classification = await Promise.race([made, late]);
  return classification ? { ...file, classification } : file;
}

/**
 * @param {FileOut | null} file
 * @param {number} total
 */
function show(file, total) {
  const isFocused = focusIsHere();
  now = file;
  box("review-total").textContent = total ? String(total) : "";
  search.value = "";
  button("review-undo").disabled = !decided.length;
  button("review-back").disabled = !skipped.size;
  box("review-tools").hidden = !file && !decided.length;
  search.hidden = !file;
  if (!file) {
    box("review-body").replaceChildren(nothing(total));
    if (isFocused) box("review-body").querySelector("h3")?.focus();
    return;
  }
  choices = choicesOf(categories(), file.classification);
  box("review-body").replaceChildren(fileSide(file, "review-name"), el(
    "div", { class: "review-choices", role: "group", "aria-labelledby": "review-name", "aria-describedby": "review-why" },
    proposal(file), el("ul", { id: "review-list", "aria-label": say().review.choices }),
  ));
  showChoices();
  if (isFocused) box("review-body").querySelector(FIRST)?.focus({ preventScroll: true });
}

/** Say whether the focus is in the review, or nowhere: then it goes on with what is shown next. */
function focusIsHere() {
  const focused = document.activeElement;
  return isHere() && place().file === null && (!focused || focused === document.body || box("review-body").contains(focused));
}

/** @param {number} total */
function nothing(total) {
  const again = el("button", {
    type: "button", class: "quiet", text: say().review.show_skipped, on: { click: () => { skipped.clear(); inTurn(next); } },
  });
  return el(
    "div", { class: "empty" },
    el("h3", { tabindex: -1, text: total ? say().review.rest_skipped : say().review.nothing }),
    total ? again : el("p", { text: allPlaced() }),
  );
}

/** @param {FileOut} file */
function proposal({ classification: made }) {
  if (!made || !choices.some(({ id }) => id === made.category)) return null; // it has left the taxonomy
  const words = say().review;
  const next = runnerUp(choices, made);
  const accept = el(
    "button", { type: "button", class: "main accept", "aria-describedby": "review-why", on: { click: () => decide(made.category) } },
    `${words.accept} `, el("kbd", { text: "y" }),
  );
  return el(
    "div", { class: "proposal" },
    el("p", { class: "proposed" }, nameOf(made.category), el("span", { class: "number", text: percent(made.confidence) })),
    el(
      "div", { id: "review-why" },
      el("p", { class: "why", text: words.because(told(made, "reason")) }),
      el("p", { class: "why", text: causeOf(made) ? words.in_review(causeOf(made)) : "" }),
      next && el("p", { class: "why", text: words.runner_up(next.name, percent(next.probability)) }),
    ),
    accept,
  );
}

function showChoices() {
  const found = search.value.trim() ? matching(choices, search.value) : choices;
  box("review-list").replaceChildren(...found.map((choice) => el("li", {}, choiceButton(choice))));
}

/** @param {Choice} choice */
function choiceButton(choice) {
  const share = choice.probability ? percent(choice.probability) : "";
  return el(
    "button",
    { type: "button", class: "choice", title: choice.description, on: { click: () => decide(choice.id) } },
    el("kbd", { text: choice.key }),
    el("span", { class: "choice-name", text: choice.name }),
    el("span", { class: "number", text: share }),
  );
}

/** @param {string} category */
function decide(category) {
  const file = now;
  if (!file) return;
  inTurn(async () => {
    if (now?.document !== file.document) return; // a key that came before the next file was shown decides on nothing
    await trying(async () => {
      await correct(file.file_id, category, file.document);
      decided.push(file);
      toast(`${file.name}: ${category ? nameOf(category) : say().review.none_of_them}`);
      affectedSoon();
    });
    await next();
  });
}

async function takeBack() {
  const file = decided.at(-1);
  if (!file) return;
  await trying(async () => {
    const before = await undo(file.file_id);
    decided.pop();
    toast(say().review.taken_back(file.name));
    show(before, waiting);
  });
}

/** @param {() => Promise<void>} what */
async function trying(what) {
  try {
    await what();
  } catch (error) {
    toastTrouble(shown(error));
  }
}

function skip() {
  if (now) skipped.add(now.file_id);
  inTurn(next);
}

/** Show the file again that was skipped last. */
function back() {
  const last = [...skipped].at(-1);
  if (last === undefined) return;
  skipped.delete(last);
  inTurn(next);
}

/** @type {Record<Verb, () => unknown>} */
const DO = {
  accept: () => {
    const proposed = choices.find(({ id }) => id === now?.classification?.category);
    if (proposed) decide(proposed.id);
  },
  none: () => decide(""),
  search: () => search.focus(),
  skip,
  back,
  undo: () => inTurn(takeBack),
  leave: () => go({ view: "files" }),
};

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (!isHere() || event.ctrlKey || event.metaKey || event.altKey || place().file !== null) return;
  const { target } = event;
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return;
  if (event.key === "Enter" && (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement)) return;
  const meant = meaning(event.key, choices);
  if (!meant) return;
  event.preventDefault();
  if (typeof meant === "string") DO[meant]();
  else decide(meant.id);
}

/** @param {KeyboardEvent} event */
function searched(event) {
  const [first] = matching(choices, search.value);
  if (event.key === "Escape") search.value = "";
  else if (event.key === "Enter" && search.value.trim() && first) decide(first.id);
  else return;
  event.preventDefault();
  search.blur();
  showChoices();
}

/** @param {StatusOut} status */
function reviewChanged({ snapshot: { counts } }) {
  if (isHere()) placementsSoon();
  const before = waiting;
  waiting = counts.files.review ?? 0;
  box("review-total").textContent = waiting ? String(waiting) : "";
  if (isHere() && waiting !== before) inTurn(async () => { if (!now) await next(); });
}

export function startReview() {
  addEventListener("keydown", pressed);
  search.addEventListener("keydown", searched);
  search.addEventListener("input", showChoices);
  button("review-undo").addEventListener("click", () => inTurn(takeBack));
  button("review-skip").addEventListener("click", skip);
  button("review-back").addEventListener("click", back);
  button("review-none").addEventListener("click", () => decide(""));
  onPlace(() => {
    if (!isHere()) return;
    loadPlacements();
    inTurn(async () => { if (!now) await next(); });
  });
  onStatus(reviewChanged);
}
