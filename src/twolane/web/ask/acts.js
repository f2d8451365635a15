// @ts-check
// What can be done with a question and its answer: copy them, ask again, and change what was asked.

import { copy } from "../common/copy.js";
import { el } from "../common/dom.js";
import { asText } from "./answer.js";
import { grow, sendByEnter } from "./field.js";

/** @import { Answer } from "./answer.js" */
/**
 * @typedef {object} Acts what a turn's conversation does for it
 * @property {(text: string, without?: string[]) => unknown} again ask in its place; with filters that are
 *   to be left out, only where no other turn follows
 */

/** @type {(text: string, label: string, run: () => unknown) => HTMLButtonElement} */
const act = (text, label, run) => el("button", {
  type: "button", class: "quiet small", text, "aria-label": label, on: { click: run },
});

/**
 * Return a question with its acts; changing it shows a field in its place.
 *
 * @param {string} question
 * @param {Acts} acts
 */
export function questionBox(question, acts) {
  const asked = el("p", { class: "question", dir: "auto", text: question });
  const edit = act("Edit", "Edit this question", () => {
    const form = editor(question, acts.again, () => {
      form.replaceWith(asked, bar);
      edit.focus();
    });
    bar.remove();
    asked.replaceWith(form);
    const field = form.querySelector("textarea");
    if (!field) return;
    grow(field);
    field.focus();
  });
  const bar = el("div", { class: "turn-acts" }, act("Copy", "Copy this question", () => copy(question, "The question is copied")), edit);
  return el("div", { class: "asked" }, asked, bar);
}

/**
 * @param {string} question
 * @param {(text: string) => unknown} again
 * @param {() => void} end
 */
function editor(question, again, end) {
  const field = el("textarea", { rows: 1, maxlength: 8000, required: true, dir: "auto", "aria-label": "The question, changed", text: question });
  const form = el(
    "form", { class: "edit-question", on: { submit: (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return;
      end();
      again(text);
    } } },
    field,
    el("p", { class: "aside", text: "The new answer takes the place of this one and of all below it." }),
    el(
      "div", { class: "turn-acts" },
      el("button", { type: "submit", class: "main small", text: "Ask" }),
      el("button", { type: "button", class: "quiet small", text: "Cancel", on: { click: end } }),
    ),
  );
  sendByEnter(field);
  field.addEventListener("input", () => grow(field));
  form.addEventListener("keydown", (event) => { if (event.key === "Escape") end(); });
  return form;
}

/**
 * @param {() => Answer} answer
 * @param {() => unknown} again
 */
export function answerBar(answer, again) {
  return el(
    "div", { class: "turn-acts" },
    act("Copy", "Copy this answer", () => copy(asText(answer()), "The answer is copied, with its sources")),
    el("span", { class: "again" }, act("Ask again", "Ask again", again)),
  );
}
