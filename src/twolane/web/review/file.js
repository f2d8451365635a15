// @ts-check
// The file that is reviewed, as one sees it: its page, its text, and what it states.

import { getFile, getPage, shown } from "../common/api.js";
import { el, problem } from "../common/dom.js";
import { isPictured, paper } from "../common/paper.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { fieldSection } from "../panel/fields.js";

/** @import { FileOut } from "../common/schemas.js" */

/**
 * Return the file with its page; what it states fills itself.
 *
 * @param {FileOut} file
 * @param {string} headingId
 */
export function fileSide(file, headingId) {
  const body = el("div", { class: "review-page" });
  const stated = el("div", { class: "review-fields" });
  const node = el("div", { class: "review-file" }, heading(file, headingId), body, stated);
  if (isPictured(file)) showPicture(file, body);
  else showText(file, body);
  showFields(file, stated);
  return node;
}

/**
 * @param {FileOut} file
 * @param {string} headingId
 */
function heading({ file_id: id, name, path }, headingId) {
  return el(
    "header", {},
    el("button", { type: "button", class: "link", id: headingId, text: name, title: path, on: { click: () => openFile(id) } }),
    el("span", { class: "where", dir: "auto", text: path }),
  );
}

/**
 * @param {FileOut} file
 * @param {HTMLElement} into
 */
function showPicture(file, into) {
  const { node } = paper({ id: file.file_id, number: 1, name: file.name, missing: () => showText(file, into) });
  if (file.read_status !== "text") {
    into.replaceChildren(node);
    return;
  }
  const text = el("details", { class: "review-below" }, el("summary", { text: say().review.text }));
  text.addEventListener("toggle", () => {
    if (text.open && text.childElementCount < 2) showText(file, text.appendChild(el("div")));
  });
  into.replaceChildren(node, text);
}

/**
 * @param {FileOut} file
 * @param {HTMLElement} into
 */
async function showText(file, into) {
  const text = el("div", { class: "review-text", tabindex: 0, role: "group", "aria-label": say().review.begins, dir: "auto" });
  into.replaceChildren(text);
  try {
    text.textContent = (await getPage(file.file_id, 1)).text;
  } catch (error) {
    text.replaceChildren(problem(shown(error)));
  }
}

/**
 * Show the fields of a file, to be corrected in their place; the focus stays where it was changed.
 *
 * @param {FileOut} file
 * @param {HTMLElement} into
 * @param {string} [focus]
 */
async function showFields(file, into, focus = "") {
  try {
    const known = await getFile(file.file_id);
    if (!known.read_status) return;
    into.replaceChildren(fieldSection(known, (next) => showFields(file, into, next)));
    const found = focus && into.querySelector(focus);
    if (found instanceof HTMLElement) found.focus();
  } catch (error) {
    into.replaceChildren(problem(shown(error)));
  }
}
