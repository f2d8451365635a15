// @ts-check
// Asking: the form, the conversation that is shown, what it rests on beside it, and stopping.

import { box, button, byId } from "../common/dom.js";
import { entry, go, onPlace, place } from "../common/router.js";
import { say } from "../common/say.js";
import { ended } from "./answer.js";
import { Evidence } from "./evidence.js";
import { grow, sendByEnter } from "./field.js";
import { Narrow } from "./narrow.js";
import { Talk } from "./talk.js";
import { refreshTalks, startTalks } from "./talks.js";

const NEAR_THE_END_PX = 120;
const talk = box("talk");
const question = byId("question", HTMLTextAreaElement);
const empty = box("talk-empty");
const evidence = new Evidence(box("evidence"));
const narrow = new Narrow();
let current = new Talk("", changed);
/** @type {Map<string, Talk>} those that are being answered, so that one can leave them and come back */
const answering = new Map();
/** Whether what comes is followed: not where somebody reads further up. */
let following = true;
/** The turn whose sources stand beside: the last one, or that in which somebody is. @type {Element | null} */
let looked = null;

function toEnd() {
  following = true;
  talk.scrollTop = talk.scrollHeight;
}

/** @param {Talk} which */
function changed(which) {
  const known = answering.has(which.id);
  if (which.id && which.busy && !known) {
    answering.set(which.id, which);
    if (which === current) box("talk-said").textContent = "";
    refreshTalks();
  } else if (!which.busy && known) {
    answering.delete(which.id);
    if (which === current) tell();
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
  if (focused?.closest("[hidden]")) question.focus(); // what is hidden would drop the focus
  const turn = current.turns.find(({ node }) => node === looked) ?? current.turns.at(-1);
  const isBeside = evidence.show(turn?.answer ?? null);
  for (const each of current.turns) each.node.classList.toggle("beside", isBeside && each === turn);
}

/** Let a whole answer be read out, once: pieces of it would be read as they come, word by word. */
function tell() {
  const turn = current.turns.at(-1);
  if (turn && ended(turn.answer)) box("talk-said").textContent = `${say().ask.answered}: ${turn.spoken}`;
}

/** @param {Talk} next */
function show(next) {
  current = next;
  looked = null;
  box("talk-said").textContent = "";
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

function startComposer() {
  const form = byId("ask-form", HTMLFormElement);
  form.before(narrow.node);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = question.value.trim();
    if (!text || current.busy) return;
    question.value = "";
    grow(question);
    looked = null;
    toEnd();
    current.ask(text, null, [], narrow.within);
  });
  question.addEventListener("input", () => grow(question));
  sendByEnter(question);
  button("stop").addEventListener("click", () => current.stop());
}

export function startAsking() {
  startComposer();
  talk.addEventListener("scroll", () => {
    following = talk.scrollHeight - talk.scrollTop - talk.clientHeight < NEAR_THE_END_PX;
  });
  for (const type of ["focusin", "click"]) {
    talk.addEventListener(type, ({ target }) => {
      const turn = target instanceof Element ? target.closest(".turn") : null;
      if (!turn || turn === looked) return;
      looked = turn;
      showState();
    });
  }
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
