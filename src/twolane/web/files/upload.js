// @ts-check
// Adding files by button or by dropping them on the page, one after another, with progress.

import { Problem, shown, upload } from "../common/api.js";
import { box, button, byId, el, problem, toast } from "../common/dom.js";
import { size } from "../common/format.js";
import { go, openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { onStatus } from "../common/standing.js";
import { refresh } from "./view.js";

/** @import { FileOut } from "../common/schemas.js" */
/** @typedef {{ file: File, bar: HTMLProgressElement, item: HTMLLIElement }} Waiting */

const MOST_DROPPED = 2000;

/** @type {Waiting[]} */
const waiting = [];
let sending = false;
const left = el("li", { class: "aside", "aria-live": "off" }); // of many only some are in sight
let limitBytes = Infinity;

/** @param {Iterable<File>} files */
function queueUp(files) {
  for (const file of files) {
    const bar = el("progress", { max: 1, value: 0, "aria-label": say().files.progress(file.name) });
    const item = el("li", {}, el("span", { class: "upload-name", text: file.name }), bar);
    box("uploads").append(item);
    waiting.push({ file, bar, item });
  }
  if (sending) tellLeft();
  else sendAll();
}

function tellLeft() {
  left.textContent = say().files.still_to_send(waiting.length + 1);
  if (waiting.length) box("uploads").prepend(left);
  else left.remove();
}

async function sendAll() {
  sending = true;
  let sent = 0;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    tellLeft();
    if (await sendOne(next)) sent += 1;
  }
  sending = false;
  if (sent) toast(say().files.being_filed(sent));
  await refresh();
}

/** @param {Waiting} waited */
async function sendOne({ file, bar, item }) {
  try {
    if (file.size > limitBytes) {
      throw new Problem(
        say().files.larger(file.name, size(limitBytes)), say().files.larger_remedy,
      );
    }
    const { already } = await upload(file, (share) => { bar.value = share; });
    if (already[0]) tell(item, there(file.name, already[0].file));
    else item.remove();
    return !already.length;
  } catch (error) {
    tell(item, problem(shown(error)));
    return false;
  }
}

/**
 * Show in the place of an upload what became of it, until it is dismissed.
 *
 * @param {HTMLLIElement} item
 * @param {Node} what
 */
function tell(item, what) {
  item.replaceChildren(what, el("button", {
    type: "button", class: "quiet", text: "✕", "aria-label": say().shell.dismiss, on: { click: () => item.remove() },
  }));
}

/**
 * @param {string} name
 * @param {FileOut} file which has the same content
 */
function there(name, { file_id: id, name: known, path }) {
  return el(
    "p", { class: "there" },
    known === name ? say().files.there(name) : say().files.there_as(name, known),
    " ", el("button", { type: "button", class: "quiet small", text: say().files.show_it, title: path, on: { click: () => openFile(id, { view: "files" }) } }),
  );
}

/**
 * Return the files that were dropped, those within folders too; what no program shows to people is left out.
 *
 * @param {DataTransfer} transfer
 */
async function dropped(transfer) {
  // All of it is asked for at once: after the first wait the browser has forgotten what was dropped.
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const entries = items.map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  const found = await Promise.all(entries.map(({ entry, file }) => (
    entry?.isDirectory ? within(/** @type {FileSystemDirectoryEntry} */ (entry)) : file ? [file] : []
  )));
  const files = found.flat();
  if (files.length > MOST_DROPPED) toast(say().files.too_many(MOST_DROPPED), true);
  return files.slice(0, MOST_DROPPED);
}

/**
 * @param {FileSystemDirectoryEntry} folder
 * @returns {Promise<File[]>}
 */
async function within(folder) {
  const reader = folder.createReader();
  /** @type {File[]} */
  const files = [];
  for (;;) {
    /** @type {FileSystemEntry[]} some at a time; none once it has given all */
    const some = await new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (!some.length || files.length > MOST_DROPPED) return files;
    for (const entry of some.filter(({ name }) => !name.startsWith("."))) {
      if (entry.isDirectory) files.push(...await within(/** @type {FileSystemDirectoryEntry} */ (entry)));
      else files.push(await new Promise((resolve, reject) => { /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject); }));
    }
  }
}

export function startUploads() {
  const input = byId("upload-input", HTMLInputElement);
  button("upload").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    queueUp([...(input.files ?? [])]);
    input.value = "";
  });
  onStatus((status) => { limitBytes = status.upload_limit_bytes; });
  const drop = box("drop");
  /** @param {DragEvent} event */
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;
  addEventListener("dragenter", (event) => { if (hasFiles(event)) drop.hidden = false; });
  addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.hidden = true; });
  addEventListener("drop", (event) => {
    drop.hidden = true;
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    go({ view: "files" });
    dropped(event.dataTransfer).then(queueUp, () => toast(say().files.not_readable, true));
  });
}
