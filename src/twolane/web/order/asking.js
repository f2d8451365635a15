// @ts-check
// A button whose act cannot be taken back: it asks once.

import { el } from "../common/dom.js";
import { say } from "../common/say.js";

/**
 * @param {string} text
 * @param {string} question
 * @param {string} yes
 * @param {() => unknown} run
 */
export function askingButton(text, question, yes, run) {
  const place = el("span", { class: "asking" });
  const first = el("button", { type: "button", class: "quiet", text, on: { click: () => ask() } });
  function ask() {
    const no = el("button", { type: "button", class: "quiet", text: say().order.no, on: { click: () => {
      place.replaceChildren(first);
      first.focus();
    } } });
    place.replaceChildren(
      el("span", { text: question, role: "status" }),
      el("button", { type: "button", class: "main stop", text: yes, on: { click: run } }), no,
    );
    no.focus();
  }
  place.append(first);
  return place;
}
