// @ts-check
// The files that are copies or versions of each other, in their groups: the newest of each first.

import { listCopies, shown } from "../common/api.js";
import { onChange } from "../common/changes.js";
import { box, el, problem, replace } from "../common/dom.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";

/** @import { CopyGroupOut, CopyOut } from "../common/schemas.js" */

/** @type {CopyGroupOut[]} */
let groups = [];
let total = 0;

const details = () => /** @type {HTMLDetailsElement} */ (box("groups"));

/** @param {boolean} wanted whether only what has copies is listed */
export function showGroups(wanted) {
  if (details().hidden !== wanted) return;
  details().hidden = !wanted;
  if (wanted && details().open) load();
}

async function load(more = false) {
  try {
    const found = await listCopies(more ? groups.length : 0);
    groups = more ? [...groups, ...found.groups] : found.groups;
    total = found.total;
    draw();
  } catch (error) {
    replace(box("groups-body"), [problem(shown(error))]);
  }
}

function draw() {
  const words = say().files;
  const rows = groups.map(({ files }) => el("li", {}, el("ul", { "aria-label": files[0]?.file.name ?? "" }, ...files.map(row))));
  const more = el("button", { type: "button", class: "quiet", text: words.more_groups, data: { key: "more" }, on: { click: () => load(true) } });
  replace(box("groups-body"), [
    el("p", { class: "aside", text: words.groups_of(total) }), el("ol", { class: "groups" }, ...rows), ...(groups.length < total ? [more] : []),
  ]);
}

/** @param {CopyOut} copy */
function row({ file, kind, reason, newest }) {
  return el(
    "li", {},
    el("button", {
      type: "button", class: "link", dir: "auto", text: file.name, title: file.path, data: { key: `open ${file.file_id}` },
      on: { click: () => openFile(file.file_id, { view: "files" }) },
    }),
    " ", newest ? el("span", { class: "badge filed", text: say().panel.newest }) : el("span", { class: "aside", text: reason || say().panel.kinds[kind] }),
  );
}

export function startGroups() {
  details().addEventListener("toggle", () => { if (details().open) load(); });
  onChange(() => { if (details().open && !details().hidden) load(); });
}
