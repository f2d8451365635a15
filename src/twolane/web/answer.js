// One question and its answer on the page, growing while the events come.

import { el, problem } from "./dom.js";
import { showSource } from "./panel.js";

const PIECES = /\[(\d+)\]([.,;:!?)]*)|\*\*([^*\n]+)\*\*/g;

export class Turn {
  constructor(question) {
    this.question = question;
    this.text = "";
    this.sources = new Map();
    this.cited = [];
    this.body = el("div", { class: "answer-text" });
    this.wait = el("p", { class: "wait", text: "Looking through your files" });
    this.foot = el("div", { class: "answer-foot" });
    this.answer = el("div", { class: "answer", "aria-busy": "true" }, this.wait, this.body, this.foot);
    this.node = el("article", { class: "turn" }, el("p", { class: "question", text: question }), this.answer);
  }

  take(name, data) {
    const run = {
      sources: () => this.#takeSources(data.sources),
      text: () => this.#takeText(this.text + data.text),
      citation: () => this.#cite(data.number),
      refusal: () => this.#refuse(data.reason),
      error: () => this.fail({ message: data.error, remedy: data.remedy }),
      done: () => this.#finish(data),
    }[name];
    if (run) run();
  }

  fail(error) {
    this.failed = true;
    this.wait.remove();
    this.foot.replaceChildren(problem(error), ...this.#sourceLists());
    this.end();
  }

  stop() {
    this.wait.remove();
    this.foot.replaceChildren(el("p", { class: "cost", text: "Stopped." }), ...this.#sourceLists());
    this.end();
  }

  end() {
    this.answer.setAttribute("aria-busy", "false");
  }

  #takeSources(sources) {
    this.sources = new Map(sources.map((source) => [source.number, source]));
    const number = sources.length;
    this.wait.textContent = number === 1 ? "Reading one passage" : `Reading ${number} passages`;
  }

  #takeText(text) {
    this.text = text;
    this.wait.remove();
    this.body.replaceChildren(...this.#pieces(text));
  }

  #cite(number) {
    if (!this.cited.includes(number)) this.cited.push(number);
  }

  #refuse(reason) {
    this.answer.classList.add("refused");
    if (!this.text) this.#takeText(reason);
  }

  #finish(done) {
    if (this.failed) return; // the error has been shown, and says more
    if (done.text) this.#takeText(done.text);
    this.wait.remove();
    this.cited = done.cited;
    this.done = true;
    const cost = `${done.seconds.toFixed(1)} s, first word after ${done.first_token_s.toFixed(1)} s`;
    const told = done.seconds ? [el("p", { class: "cost", text: cost })] : [];
    this.foot.replaceChildren(...this.#sourceLists(), ...told);
    this.end();
  }

  /** Text, with [n] as buttons and **bold** as such; everything else stays as it is. */
  #pieces(text) {
    const pieces = [];
    let from = 0;
    for (const match of text.matchAll(PIECES)) {
      pieces.push(text.slice(from, match.index));
      pieces.push(match[3] ? el("strong", { text: match[3] }) : this.#citation(Number(match[1]), match));
      from = match.index + match[0].length;
    }
    pieces.push(text.slice(from));
    return pieces;
  }

  #citation(number, match) {
    const source = this.sources.get(number);
    if (!source) return match[0];
    const button = el("button", {
      type: "button",
      class: "cite",
      text: number,
      title: `${source.name}, page ${source.page}`,
      "aria-label": `Source ${number}: ${source.name}, page ${source.page}`,
      on: { click: () => showSource(source) },
    });
    return el("span", { class: "cites" }, button, match[2]); // a full stop must not begin a line
  }

  #sourceLists() {
    const all = [...this.sources.values()];
    const cited = all.filter((source) => this.cited.includes(source.number));
    const others = all.filter((source) => !this.cited.includes(source.number));
    const lists = [];
    if (cited.length) lists.push(sourceList(cited, "Sources"));
    if (others.length) {
      const title = cited.length ? `Also looked at (${others.length})` : `Looked at (${others.length})`;
      lists.push(el("details", { class: "others" }, el("summary", { text: title }), sourceList(others, title)));
    }
    return lists;
  }
}

function sourceList(sources, title) {
  return el("ul", { class: "sources", "aria-label": title }, ...sources.map(sourceItem));
}

function sourceItem(source) {
  const where = [`page ${source.page}`, source.heading].filter(Boolean).join(" · ");
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "source", on: { click: () => showSource(source) } },
      el("span", { class: "cite", text: source.number, "aria-hidden": "true" }),
      el("span", { class: "source-name", text: source.name }),
      el("span", { class: "source-where", text: where }),
    ),
  );
}
