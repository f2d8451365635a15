// @ts-check
// What can be done with a question and its answer: copy them, ask again, and change what was asked.

import { copy } from "../common/copy.js";
import { el } from "../common/dom.js";
import { say } from "../common/say.js";
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
  const edit = act(say().ask.edit, say().ask.edit_this, () => {
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
  const bar = el("div", { class: "turn-acts" }, act(say().ask.copy, say().ask.copy_question, () => copy(question, say().ask.question_copied)), edit);
  return el("div", { class: "asked" }, asked, bar);
}

/**
 * @param {string} question
 * @param {(text: string) => unknown} again
 * @param {() => void} end
 */
function editor(question, again, end) {
  const field = el("textarea", { rows: 1, maxlength: 8000, required: true, dir: "auto", "aria-label": say().ask.changed, text: question });
  const form = el(
    "form", { class: "edit-question", on: { submit: (event) => {
      event.preventDefault();
      const text = field.value.trim();
      if (!text) return;
      end();
      again(text);
    } } },
    field,
    el("p", { class: "aside", text: say().ask.replaces }),
    el(
      "div", { class: "turn-acts" },
      el("button", { type: "submit", class: "main small", text: say().ask.send }),
      el("button", { type: "button", class: "quiet small", text: say().ask.cancel, on: { click: end } }),
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
    act(say().ask.copy, say().ask.copy_answer, () => copy(asText(answer()), say().ask.answer_copied)),
    el("span", { class: "again" }, act(say().ask.again, say().ask.again, again)),
  );
}
