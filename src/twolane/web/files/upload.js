// @ts-check
// Adding files by button or by dropping them on the page, one after another, with progress.

import { Problem, shown, upload } from "../common/api.js";
import { box, button, byId, el, problem, toast } from "../common/dom.js";
import { count, size } from "../common/format.js";
import { go, openFile } from "../common/router.js";
import { onStatus } from "../common/standing.js";
import { refresh } from "./view.js";

/** @import { FileOut } from "../common/schemas.js" */
/** @typedef {{ file: File, bar: HTMLProgressElement, item: HTMLLIElement }} Waiting */

/** @type {Waiting[]} */
const waiting = [];
let sending = false;
let limitBytes = Infinity;

/** @param {Iterable<File>} files */
function queueUp(files) {
  for (const file of files) {
    const bar = el("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
    const item = el("li", {}, el("span", { class: "upload-name", text: file.name }), bar);
    box("uploads").append(item);
    waiting.push({ file, bar, item });
  }
  if (!sending) sendAll();
}

async function sendAll() {
  sending = true;
  let sent = 0;
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    if (await sendOne(next)) sent += 1;
  }
  sending = false;
  if (sent) toast(count(sent, "One file is being filed", "files are being filed"));
  await refresh();
}

/** @param {Waiting} waited */
async function sendOne({ file, bar, item }) {
  try {
    if (file.size > limitBytes) {
      throw new Problem(
        `${file.name} is larger than ${size(limitBytes)}`,
        "put it in a folder and run: twolane add FOLDER",
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
    type: "button", class: "quiet", text: "✕", "aria-label": "Dismiss", on: { click: () => item.remove() },
  }));
}

/**
 * @param {string} name
 * @param {FileOut} file which has the same content
 */
function there(name, { file_id: id, name: known, path }) {
  return el(
    "p", { class: "there" },
    known === name ? `${name} is there already.` : `${name} is there already, as ${known}.`,
    " ", el("button", { type: "button", class: "quiet small", text: "Show it", title: path, on: { click: () => openFile(id, { view: "files" }) } }),
  );
}

/** @param {DataTransfer} transfer */
function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const folders = items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory);
  if (folders.length) toast("Folders cannot be dropped here → run: twolane add FOLDER", true);
  return items.filter((item) => !folders.includes(item)).flatMap((item) => item.getAsFile() ?? []);
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
    queueUp(dropped(event.dataTransfer));
  });
}
