// Asking: the form, the conversation, and stopping.

import { ask } from "./api.js";
import { Turn } from "./answer.js";
import { byId } from "./dom.js";

const REMEMBERED_TURNS = 6;
const talk = byId("talk");
const question = byId("question");
const empty = byId("talk-empty");
let turns = [];
let running = null;

function history() {
  return turns
    .filter((turn) => turn.done)
    .slice(-REMEMBERED_TURNS)
    .map((turn) => ({ question: turn.question, answer: turn.text }));
}

function grow() {
  question.style.height = "auto";
  question.style.height = `${Math.min(question.scrollHeight, 200)}px`;
}

function follow() {
  const below = talk.scrollHeight - talk.scrollTop - talk.clientHeight;
  if (below < 120) talk.scrollTop = talk.scrollHeight;
}

function setRunning(controller) {
  running = controller;
  byId("send").hidden = Boolean(controller);
  byId("stop").hidden = !controller;
  byId("new-talk").hidden = !turns.length;
}

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
    for await (const [name, data] of ask(text, before, controller.signal)) {
      turn.take(name, data);
      follow();
    }
    if (!turn.done && !turn.failed) turn.fail({ message: "The answer broke off.", remedy: "ask again" });
  } catch (error) {
    if (error.name === "AbortError") turn.stop();
    else turn.fail(error);
  } finally {
    if (running === controller) setRunning(null);
    follow();
  }
}

export function startAsking() {
  byId("ask-form").addEventListener("submit", (event) => {
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
    byId("ask-form").requestSubmit();
  });
  byId("stop").addEventListener("click", () => {
    running?.abort();
    question.focus();
  });
  byId("new-talk").addEventListener("click", () => {
    running?.abort();
    turns = [];
    talk.replaceChildren(empty);
    setRunning(null);
    question.focus();
  });
}
