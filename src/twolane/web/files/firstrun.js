// @ts-check
// What to do where the library is still empty.

import { copy } from "../common/copy.js";
import { button, el } from "../common/dom.js";
import { say } from "../common/say.js";
import { isNarrowed } from "../common/session.js";

/** Return what an empty library shows: how files come in, each way with a button. */
export function firstRun() {
  const words = say().firstrun;
  const add = el("button", { type: "button", class: "main", text: words.add, on: { click: () => button("upload").click() } });
  return [
    el("h3", { text: isNarrowed() ? words.title_narrowed : words.title }),
    el("p", { text: words.stay }),
    el(
      "ul", { class: "ways-in" },
      el("li", { data: { right: "add" } }, el("p", { text: words.add_how }), add),
      way(words.folder, words.folder_how, "twolane add FOLDER"),
      way(words.watch, words.watch_how, "twolane watch FOLDER"),
      way(words.take_over, words.take_over_how, "twolane import paperless FOLDER"),
    ),
  ];
}

/**
 * @param {string} title
 * @param {string} how
 * @param {string} command
 */
function way(title, how, command) {
  const words = say().firstrun;
  return el(
    "li", { data: { right: "admin" } }, el("strong", { text: title }), el("p", { text: how }), el("code", { text: command, dir: "ltr" }),
    el("button", {
      type: "button", class: "quiet small", text: words.copy, "aria-label": `${words.copy}: ${command}`, on: { click: () => copy(command, words.copied) },
    }),
  );
}
