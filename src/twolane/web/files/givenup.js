// @ts-check
// The files that were given up, each with the reason, before they are tried again.

import { listParked, retryParked, shown } from "../common/api.js";
import { box, button, el, problem, replace, toast, toastTrouble } from "../common/dom.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";

/** @import { GivenUpOut } from "../common/schemas.js" */

/** @param {boolean} open */
function open(open) {
  box("given-up").hidden = !open;
  button("retry").setAttribute("aria-expanded", String(open));
}

async function list() {
  const into = box("given-up");
  open(true);
  try {
    const all = await listParked();
    const again = el("button", { type: "button", class: "main small", text: say().files.try_again, on: { click: retry } });
    replace(into, [el("ul", { class: "kept" }, ...all.map(row)), again]);
    again.focus();
  } catch (error) {
    replace(into, [problem(shown(error))]);
  }
}

/** @param {GivenUpOut} file */
const row = (file) => el(
  "li", {},
  el("button", { type: "button", class: "link", dir: "auto", text: file.name, on: { click: () => openFile(file.file_id, { view: "files" }) } }),
  " ", el("span", { class: "aside", text: told(file, "reason") }),
);

async function retry() {
  try {
    const { queued } = await retryParked();
    open(false);
    toast(say().files.retried(queued));
    if (!button("retry").hidden) button("retry").focus();
    else box("table").focus();
  } catch (error) {
    toastTrouble(shown(error));
  }
}

export function startGivenUp() {
  button("retry").addEventListener("click", () => (box("given-up").hidden ? list() : open(false)));
  box("given-up").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    open(false);
    button("retry").focus();
  });
}
