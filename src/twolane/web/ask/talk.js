// @ts-check
// One conversation on the page: its turns as the server keeps them, and the question that is being answered.

import { ask, getConversation, isAbort, shown, startConversation } from "../common/api.js";
import { el, problem } from "../common/dom.js";
import { later } from "../common/later.js";
import { say } from "../common/say.js";
import { answerOf, begun, ended } from "./answer.js";
import { Turn } from "./turn.js";

/** @import { TurnOut } from "../common/schemas.js" */

const LOOK_AGAIN_MS = 2000;

export class Talk {
  node = el("div", { class: "turns" });
  /** @type {Turn[]} */
  turns = [];
  /** @type {AbortController | null} */
  #running = null;
  #answered = Promise.resolve();
  #lookAgain = later(() => this.load(), LOOK_AGAIN_MS);

  /**
   * @param {string} id "" until its first question is asked
   * @param {(talk: Talk) => void} onChange run after everything that comes
   */
  constructor(id, onChange) {
    this.id = id;
    this.onChange = onChange;
  }

  get busy() {
    return this.#running !== null;
  }

  /** Show the turns that the server keeps, and look again while another page's question is answered. */
  async load() {
    if (!this.id || this.busy) return;
    try {
      const { turns } = await getConversation(this.id);
      if (this.busy) return;
      this.#settle(turns);
      const isAnswered = !turns.some(({ state }) => state === "answering");
      if (!isAnswered && this.node.isConnected) this.#lookAgain();
    } catch (error) {
      if (!this.turns.length) this.node.replaceChildren(problem(shown(error)));
    }
    this.onChange(this);
  }

  /**
   * Ask, in the place of a turn and those after it where one is given: they go once the new answer begins.
   *
   * @param {string} question
   * @param {Turn | null} [replaced]
   * @param {string[]} [without] filters that were read out of the question, and are not to be
   * @param {readonly string[]} [within] filters that were chosen
   */
  async ask(question, replaced = null, without = [], within = []) {
    while (this.busy) {
      this.stop();
      await this.#answered;
    }
    this.#answered = this.#answer(question, replaced, without, within);
    return this.#answered;
  }

  /** Close the stream: the server then stops the model. */
  stop() {
    this.#running?.abort();
  }

  /**
   * @param {string} question
   * @param {Turn | null} replaced
   * @param {string[]} without
   * @param {readonly string[]} within
   */
  async #answer(question, replaced, without, within) {
    const at = replaced ? this.turns.indexOf(replaced) : -1;
    const from = at < 0 ? this.turns.length : at;
    const before = this.turns.slice(from);
    const turn = this.#add(question, without, within);
    this.turns.splice(from, before.length, turn);
    for (const { node } of before) node.hidden = true;
    const { signal } = this.#running = new AbortController();
    this.onChange(this);
    try {
      this.id ||= (await startConversation()).id;
      const asked = {
        question, conversation_id: this.id, without, within: [...within], ...(replaced?.number ? { replaces_turn: replaced.number } : {}),
      };
      for await (const event of ask(asked, signal)) {
        if (event.name === "conversation") turn.number = event.data.turn;
        turn.take(event);
        this.onChange(this);
      }
      if (!ended(turn.answer)) turn.fail({ message: say().ask.ended_early, remedy: say().ask.ask_again });
    } catch (error) {
      if (isAbort(error)) turn.stop();
      else turn.fail(shown(error));
    }
    this.#running = null;
    this.#end(turn, from, before);
    this.onChange(this);
  }

  /**
   * @param {Turn} turn
   * @param {number} from
   * @param {Turn[]} before what it was to replace
   */
  #end(turn, from, before) {
    if (begun(turn.answer) || !before.some(({ number }) => number)) {
      for (const { node } of before) node.remove();
      return;
    }
    for (const { node } of before) node.hidden = false;
    this.turns.splice(from, 0, ...before);
    if (turn.number) this.load(); // the server says what became of it
    turn.number = 0;
  }

  /**
   * @param {string} question
   * @param {string[]} [without]
   * @param {readonly string[]} [within]
   */
  #add(question, without = [], within = []) {
    /** @type {Turn} */
    const turn = new Turn(question, {
      // A filter is taken away by one click, which must not take away what was asked later.
      again: (text, left) => this.ask(text, left && turn !== this.turns.at(-1) ? null : turn, left, within),
    }, without, within);
    this.node.append(turn.node);
    return turn;
  }

  /**
   * Make the turns those that the server keeps; what is the same stays as it is drawn.
   *
   * @param {readonly TurnOut[]} kept
   */
  #settle(kept) {
    const had = new Map(this.turns.filter(({ number }) => number).map((turn) => [turn.number, turn]));
    this.turns = kept.map((one) => {
      const known = had.get(one.number);
      const turn = known?.question === one.question ? known : this.#add(one.question, one.without, one.within);
      turn.number = one.number;
      turn.show(answerOf(one));
      return turn;
    });
    const nodes = this.turns.map(({ node }) => node);
    for (const node of [...this.node.childNodes]) if (!nodes.some((each) => each === node)) node.remove();
    nodes.forEach((node, at) => {
      const there = this.node.children[at] ?? null;
      if (there !== node) this.node.insertBefore(node, there); // moving a node takes the focus from it
    });
  }
}
