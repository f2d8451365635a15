// Adding files by button or by dropping them on the page, one after another, with progress.

import { Problem, upload } from "./api.js";
import { byId, el, problem, size, toast } from "./dom.js";
import { refresh } from "./files.js";

const waiting = [];
let sending = false;
let limitBytes = Infinity;

export const setUploadLimit = (bytes) => { limitBytes = bytes; };

function queueUp(files) {
  for (const file of files) {
    const bar = el("progress", { max: 1, value: 0, "aria-label": `Progress of ${file.name}` });
    const item = el("li", {}, el("span", { class: "upload-name", text: file.name }), bar);
    byId("uploads").append(item);
    waiting.push({ file, bar, item });
  }
  if (!sending) sendAll();
}

async function sendAll() {
  sending = true;
  let sent = 0;
  while (waiting.length) {
    if (await sendOne(waiting.shift())) sent += 1;
  }
  sending = false;
  if (sent) toast(sent === 1 ? "One file is being filed" : `${sent} files are being filed`);
  await refresh();
}

async function sendOne({ file, bar, item }) {
  try {
    if (file.size > limitBytes) {
      throw new Problem(
        `${file.name} is larger than ${size(limitBytes)}`,
        "put it in a folder and run: twolane add FOLDER",
      );
    }
    await upload(file, (share) => { bar.value = share; });
    item.remove();
    return true;
  } catch (error) {
    const close = el("button", {
      type: "button", class: "quiet", text: "✕", "aria-label": "Dismiss", on: { click: () => item.remove() },
    });
    item.replaceChildren(problem(error), close);
    return false;
  }
}

function dropped(transfer) {
  const items = [...transfer.items].filter((item) => item.kind === "file");
  const folders = items.filter((item) => item.webkitGetAsEntry?.()?.isDirectory);
  if (folders.length) toast("Folders cannot be dropped here → run: twolane add FOLDER", true);
  return items.filter((item) => !folders.includes(item)).map((item) => item.getAsFile());
}

export function startUploads() {
  const input = byId("upload-input");
  byId("upload").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    queueUp([...input.files]);
    input.value = "";
  });
  const drop = byId("drop");
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragenter", (event) => { if (hasFiles(event)) drop.hidden = false; });
  addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
  addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.hidden = true; });
  addEventListener("drop", (event) => {
    drop.hidden = true;
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.dataset.view = "files";
    queueUp(dropped(event.dataTransfer));
  });
}
