// @ts-check
// One question and its answer on the page, growing while the events come.

import { el, replace } from "../common/dom.js";
import { say } from "../common/say.js";
import { answerBar, questionBox } from "./acts.js";
import { NO_ANSWER, after, ended } from "./answer.js";
import { catalogueTable } from "./catalogue.js";
import { told } from "./counted.js";
import { WITHOUT, filterChips } from "./filters.js";
import { foot } from "./foot.js";
import { withinWords } from "./narrow.js";
import { searched } from "./searched.js";
import { AnswerText } from "./text.js";
import { Wait } from "./wait.js";

/** @import { AnswerEvent } from "../common/api.js" */
/** @import { Trouble } from "../common/dom.js" */
/** @import { Acts } from "./acts.js" */
/** @import { Answer } from "./answer.js" */
/**
 * @typedef {object} Part what is shown of an answer beside its text
 * @property {string} name the class of its place
 * @property {(answer: Answer) => readonly unknown[]} of what of the answer it shows: it is drawn anew where that changed
 * @property {(answer: Answer) => Node[]} draw
 */

/** @type {Part[]} */
const ABOVE = [
  { name: "searched", of: ({ question }) => [question], draw: searched },
  { name: "filtered", of: ({ filters }) => [filters], draw: filterChips },
];
/** @type {Part[]} */
const BELOW = [
  {
    name: "interrupted",
    of: (answer) => [answer.interrupted && !ended(answer)],
    draw: (answer) => answer.interrupted && !ended(answer)
      ? [el("p", { class: "note", role: "status" }, say().ask.broke_off)]
      : [],
  },
  { name: "catalogue", of: ({ catalogue }) => [catalogue], draw: catalogueTable },
  {
    name: "answer-foot",
    of: (answer) => [answer.sources, answer.citations, answer.contradictions, answer.reason, ended(answer)],
    draw: foot,
  },
];

export class Turn {
  /** @type {Answer} */
  answer = NO_ANSWER;
  /** Which it is in its conversation, 0 until the server has it. */
  number = 0;
  #wait = new Wait();
  #bar;
  #text = new AnswerText();
  #parts = [...ABOVE, ...BELOW].map((part) => ({ part, box: el("div", { class: part.name }) }));

  /**
   * @param {string} question
   * @param {Acts} acts
   * @param {readonly string[]} [without] filters that were taken away from it
   * @param {readonly string[]} [within] filters that were chosen for it
   */
  constructor(question, acts, without = [], within = []) {
    this.question = question;
    this.within = within;
    const boxes = this.#parts.map(({ box }) => box);
    this.box = el(
      "div", { class: "answer", "aria-busy": "true" },
      ...boxes.slice(0, ABOVE.length), this.#wait.node, this.#text.node, ...boxes.slice(ABOVE.length),
    );
    this.#bar = answerBar(() => this.answer, () => acts.again(question, [...without]));
    const chosen = within.length > 0 && el("p", { class: "chosen-files" }, `${say().ask.of_these}: `, withinWords(within).join(" · "));
    this.node = el("article", { class: "turn" }, questionBox(question, acts), chosen, this.box, this.#bar);
    this.node.addEventListener(WITHOUT, (event) => {
      if (event instanceof CustomEvent) acts.again(question, [...without, event.detail]);
    });
    this.show(NO_ANSWER);
  }

  /** The answer as it is read out, with what is said of it. */
  get spoken() {
    const { trouble, reason } = this.answer;
    return [this.#text.plain, reason, trouble?.message].filter(Boolean).join("\n");
  }

  /** @param {AnswerEvent} event */
  take(event) {
    this.show(after(this.answer, event));
  }

  /** @param {Trouble} trouble */
  fail(trouble) {
    this.show({ ...this.answer, trouble });
  }

  stop() {
    this.show({ ...this.answer, stopped: true });
  }

  /** @param {Answer} answer */
  show(answer) {
    const before = this.answer;
    this.answer = answer;
    this.#wait.show(answer);
    this.box.classList.toggle("refused", answer.refused);
    this.box.classList.toggle("extracts", Boolean(answer.extracts));
    this.#text.show(told(answer), answer.sources, answer.citations);
    for (const { part, box } of this.#parts) {
      const [was, is] = [part.of(before), part.of(answer)];
      if (is.some((each, at) => each !== was[at])) replace(box, part.draw(answer));
    }
    this.#bar.hidden = !ended(answer);
    this.box.setAttribute("aria-busy", String(!ended(answer)));
  }
}
