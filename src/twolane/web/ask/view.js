// @ts-check
// Asking: the form, the conversation, and stopping.

import { ask, isAbort, shown } from "../common/api.js";
import { box, button, byId } from "../common/dom.js";
import { ended } from "./answer.js";
import { Turn } from "./turn.js";

const REMEMBERED_TURNS = 6;
const NEAR_THE_END_PX = 120;
const talk = box("talk");
const question = byId("question", HTMLTextAreaElement);
const empty = box("talk-empty");
/** @type {Turn[]} */
let turns = [];
/** @type {AbortController | null} */
let running = null;

function history() {
  return turns
    .filter(({ answer }) => answer.done && !answer.refused) // a refusal says nothing that a question may lean on
    .slice(-REMEMBERED_TURNS)
    .map((turn) => ({ question: turn.question, answer: turn.answer.text }));
}

function grow() {
  question.style.height = "auto";
  question.style.height = `${Math.min(question.scrollHeight, 200)}px`;
}

function followText() {
  const below = talk.scrollHeight - talk.scrollTop - talk.clientHeight;
  if (below < NEAR_THE_END_PX) talk.scrollTop = talk.scrollHeight;
}

/** @param {AbortController | null} controller */
function setRunning(controller) {
  running = controller;
  button("send").hidden = Boolean(controller);
  button("stop").hidden = !controller;
  button("new-talk").hidden = !turns.length;
}

/** @param {string} text */
async function run(text) {
  const before = history();
  const turn = new Turn(text);
  const controller = new AbortController();
  turns.push(turn);
  empty.remove();
  talk.append(turn.node);
  talk.scrollTop = talk.scrollHeight;
  setRunning(controller);
  try {
    for await (const event of ask(text, before, controller.signal)) {
      turn.take(event);
      followText();
    }
    if (!ended(turn.answer)) turn.fail({ message: "The answer broke off.", remedy: "ask again" });
  } catch (error) {
    if (isAbort(error)) turn.stop();
    else turn.fail(shown(error));
  } finally {
    if (running === controller) setRunning(null);
    followText();
  }
}

export function startAsking() {
  const form = byId("ask-form", HTMLFormElement);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = question.value.trim();
    if (!text || running) return;
    question.value = "";
    grow();
    run(text);
  });
  question.addEventListener("input", grow);
  question.addEventListener("keydown", (event) => {
    // Enter while a word is being composed (as in Japanese) ends the word, not the question.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  button("stop").addEventListener("click", () => {
    running?.abort();
    question.focus();
  });
  button("new-talk").addEventListener("click", () => {
    running?.abort();
    turns = [];
    talk.replaceChildren(empty);
    setRunning(null);
    question.focus();
  });
}
