// @ts-check
// Backups on the status page: the last one, when the next one is due, and one made now.

import { getBackups, makeBackup, shown } from "../common/api.js";
import { el, problem, toast, toastTrouble } from "../common/dom.js";
import { isAllowed } from "../common/session.js";
import { told } from "../common/told.js";
import { backupRows } from "./words.js";
import { say } from "../common/say.js";

const shownIn = el("section", { class: "backups", data: { right: "admin" }, "aria-label": say().lanes.backups });
let isMaking = false;

/** The part of the page; it is filled when it is first asked for, and after each backup. */
export const backups = () => shownIn;

export async function loadBackups() {
  if (!await isAllowed("admin")) return;
  try {
    const found = await getBackups();
    const rows = backupRows(found, Date.now() / 1000).map(([name, text]) => el("tr", {}, el("td", { text: name }), el("td", { text })));
    shownIn.replaceChildren(
      el("h3", { text: say().lanes.backups }),
      found.failure ? problem({ message: told(found, "failure"), remedy: told(found, "remedy") }) : "",
      el("table", {}, el("tbody", {}, ...rows)),
      found.folder === null ? "" : nowButton(),
    );
  } catch (error) {
    shownIn.replaceChildren(problem(shown(error)));
  }
}

function nowButton() {
  const now = el("button", {
    type: "button", class: "quiet", text: isMaking ? say().lanes.backing_up : say().lanes.backup_now, disabled: isMaking, on: { click: make },
  });
  return el("p", {}, now);
}

async function make() {
  isMaking = true;
  shownIn.querySelector("p")?.replaceWith(nowButton());
  try {
    await makeBackup();
    toast(say().lanes.backed_up);
  } catch (error) {
    toastTrouble(shown(error));
  } finally {
    isMaking = false;
  }
  await loadBackups();
  shownIn.querySelector("button")?.focus();
}
