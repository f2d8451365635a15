// @ts-check
// Asking: the form, the conversation that is shown, and stopping.

import { box, button, byId } from "../common/dom.js";
import { entry, go, onPlace, place } from "../common/router.js";
import { grow, sendByEnter } from "./field.js";
import { Talk } from "./talk.js";
import { refreshTalks, startTalks } from "./talks.js";

const NEAR_THE_END_PX = 120;
const talk = box("talk");
const question = byId("question", HTMLTextAreaElement);
const empty = box("talk-empty");
let current = new Talk("", changed);
/** @type {Map<string, Talk>} those that are being answered, so that one can leave them and come back */
const answering = new Map();
/** Whether what comes is followed: not where somebody reads further up. */
let following = true;

function toEnd() {
  following = true;
  talk.scrollTop = talk.scrollHeight;
}

/** @param {Talk} which */
function changed(which) {
  const known = answering.has(which.id);
  if (which.id && which.busy && !known) {
    answering.set(which.id, which);
    refreshTalks();
  } else if (!which.busy && known) {
    answering.delete(which.id);
    refreshTalks();
  }
  if (which !== current) return;
  if (which.id !== place().conversation) go({ conversation: which.id }, { replace: true, entry: entry() });
  showState();
  if (following) toEnd();
}

function showState() {
  const focused = document.activeElement;
  empty.hidden = current.node.hasChildNodes();
  button("send").hidden = current.busy;
  button("stop").hidden = !current.busy;
  button("new-talk").hidden = !current.id && !current.turns.length;
  if (current.busy) talk.setAttribute("aria-live", "polite");
  if (focused?.closest("[hidden]")) question.focus(); // what is hidden would drop the focus
}

/** @param {Talk} next */
function show(next) {
  current = next;
  // What was said earlier is not read out, as what is being said is.
  talk.setAttribute("aria-live", "off");
  talk.replaceChildren(empty, next.node);
  toEnd();
  showState();
}

/** @param {string} id */
async function open(id) {
  if (id === current.id) return;
  const known = answering.get(id);
  const next = known ?? new Talk(id, changed);
  show(next);
  if (!known) await next.load();
}

function startAnew() {
  show(new Talk("", changed));
  if (place().conversation) go({ conversation: "" });
  question.focus();
}

export function startAsking() {
  const form = byId("ask-form", HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = question.value.trim();
    if (!text || current.busy) return;
    question.value = "";
    grow(question);
    toEnd();
    current.ask(text);
  });
  talk.addEventListener("scroll", () => {
    following = talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR_THE_END_PX;
  });
  question.addEventListener("input", () => grow(question));
  sendByEnter(question);
  button("stop").addEventListener("click", () => current.stop());
  button("new-talk").addEventListener("click", startAnew);
  startTalks(() => question.focus(), (id) => {
    answering.get(id)?.stop();
    if (id === current.id) startAnew();
  });
  show(current);
  onPlace(({ conversation }) => open(conversation));
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    refreshTalks();
    current.load();
  });
}
