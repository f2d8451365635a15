// @ts-check
// The rows of the table of files: names that open the panel, categories that can be corrected.

import { correct, shown, undo } from "../common/api.js";
import { categories, nameOf } from "../common/categories.js";
import { changed } from "../common/changes.js";
import { button, el, toast, toastTrouble } from "../common/dom.js";
import { percent } from "../common/format.js";
import { smallPicture } from "../common/paper.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { sayAffected } from "../review/again.js";
import { choosing } from "./choice.js";
import { folderOf, noteOf, trail, wordOf } from "./list.js";
import { pickBox } from "./picked.js";
import { want, wantAlso } from "./wanted.js";

/** @import { ClassificationOut, FileOut } from "../common/schemas.js" */
/** @typedef {(focus?: number) => Promise<void>} Refresh */

const KEPT = "twolane.pictures";
let withPictures = localStorage.getItem(KEPT) === "yes";

/**
 * Let small pictures be shown beside the names, or not; that stays for the next visit.
 *
 * @param {() => void} anew builds the rows anew
 */
export function startPictures(anew) {
  const toggle = button("files-pictures");
  const tell = () => toggle.setAttribute("aria-pressed", String(withPictures));
  toggle.addEventListener("click", () => {
    withPictures = !withPictures;
    localStorage.setItem(KEPT, withPictures ? "yes" : "no");
    tell();
    anew();
  });
  tell();
}

/**
 * @param {FileOut | undefined} file not here yet where there is none
 * @param {number} index
 * @param {Refresh} refresh
 */
export function row(file, index, refresh) {
  if (!file) return el("tr", { class: "coming", "aria-busy": "true" }, el("td", { colspan: 5, text: "…" }));
  const note = noteOf(file);
  return el(
    "tr",
    { data: { id: file.file_id, state: file.state } },
    el("td", { class: "name" }, el(
      "div", { class: withPictures ? "named pictured" : "named" },
      pickBox(file),
      withPictures && smallPicture(file),
      el(
        "div", { class: "names" },
        el("button", {
          type: "button", class: "link", dir: "auto", text: file.name, title: file.path,
          on: { click: () => openFile(file.file_id, { view: "files" }) },
        }),
        marks(file),
        note ? el("span", { class: "note", text: note }) : null,
      ),
    )),
    el("td", { class: "date" }, dated(file)),
    el("td", { class: "from" }, sender(file)),
    el("td", { class: "category" }, ...categoryCell(file, index, refresh), certain(file.classification)),
    el("td", { class: "state" }, el("span", { class: `badge ${file.state}`, text: wordOf(file.state) })),
  );
}

/** @param {FileOut} file */
const dated = ({ dated_at: day }) => day && el("time", { datetime: day, text: day });

/** @param {FileOut} file */
function sender({ correspondent: from }) {
  return from && el("button", {
    type: "button", class: "link", text: from.name, title: say().files.only_from(from.name),
    on: { click: () => wantAlso("correspondent", from.correspondent_id) },
  });
}

/**
 * Show below a name what has no column: tags, other copies, and where the list is narrow the date and the sender.
 *
 * @param {FileOut} file
 */
function marks(file) {
  const tags = file.tags.map((tag) => el("button", {
    type: "button", class: "tag", text: tag, title: say().files.only_tag(tag), on: { click: () => wantAlso("tag", tag) },
  }));
  const [at, from] = [dated(file), sender(file)];
  const copies = file.copies ? el("button", {
    type: "button", class: "link copies", text: say().files.copies(file.copies), on: { click: () => openFile(file.file_id, { view: "files" }) },
  }) : null;
  const folder = folderOf(file.path);
  const inside = el("button", {
    type: "button", class: "link folder", dir: "auto", text: trail(folder).at(-1)?.name ?? folder, title: folder,
    "aria-label": say().files.only_folder(folder), on: { click: () => want({ folder }) },
  });
  return el("div", { class: "marks" }, inside, at, from && el("span", { class: "from" }, from), ...tags, copies);
}

/**
 * @param {FileOut} file
 * @param {number} index
 * @param {Refresh} refresh
 */
function categoryCell(file, index, refresh) {
  const decided = file.classification;
  if (!decided && !file.read_status) return [el("span", { class: "none", text: "—" })];
  const said = el("span", { data: { instead: "correct" }, text: decided ? nameOf(decided.category) : say().files.no_category });
  const select = el("select", { "aria-label": say().files.category_of(file.name), data: { right: "correct" } }, ...options(decided));
  choosing(select, (category) => decide(file, category, select, index, refresh), (category) => (
    toast(say().files.enter_files(file.name, nameOf(category)))
  ));
  if (!decided || file.state !== "review") return [select, said];
  const keep = el("button", {
    type: "button", class: "keep", data: { right: "correct" }, text: say().files.keep, "aria-label": say().files.keep_for(nameOf(decided.category), file.name),
    on: { click: () => decide(file, decided.category, select, index, refresh) },
  });
  return [select, said, keep];
}

/** @param {ClassificationOut | null} decided */
function options(decided) {
  const known = categories().map(({ id, name, description }) => el("option", {
    value: id, text: name, selected: id === decided?.category, title: description,
  }));
  if (!decided) return [el("option", { value: "", text: say().files.no_category, disabled: true, selected: true }), ...known];
  if (categories().some(({ id }) => id === decided.category)) return known;
  return [...known, el("option", { value: decided.category, text: nameOf(decided.category), selected: true })];
}

/** @param {ClassificationOut | null} decided */
function certain(decided) {
  if (!decided) return null;
  const value = decided.confidence;
  return el(
    "div", { class: "certain" },
    el("meter", { min: 0, max: 1, low: 0.5, high: 0.75, optimum: 1, value, "aria-label": say().files.confidence }),
    el("span", { class: "number", text: percent(value) }),
    el("span", { class: "tier", text: say().lanes.tier_names[decided.tier], title: told(decided, "reason") }),
  );
}

/**
 * @param {FileOut} file
 * @param {string} category
 * @param {HTMLSelectElement} select
 * @param {number} index of its row
 * @param {Refresh} refresh
 */
async function decide(file, category, select, index, refresh) {
  select.disabled = true;
  try {
    await correct(file.file_id, category, file.document);
    toast(say().files.now_in(file.name, nameOf(category)), false, async () => {
      await undo(file.file_id);
      changed();
    });
    sayAffected(file.file_id);
  } catch (error) {
    toastTrouble(shown(error));
  }
  // Only where the focus still is there: a click elsewhere went on already. What takes its place is next.
  const goesOn = select === document.activeElement || document.activeElement === document.body;
  select.blur();
  await refresh(goesOn ? index : -1);
}
