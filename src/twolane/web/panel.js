// The panel at the side: one page of a file with a passage marked, or all that is known of a file.

import { contentUrl, getFile, getPage } from "./api.js";
import { byId, el, percent, problem, size } from "./dom.js";

const panel = byId("panel");
let shown = 0;

byId("panel-close").addEventListener("click", () => panel.close());
panel.addEventListener("click", (event) => {
  if (event.target === panel) panel.close(); // the backdrop
});

function open(title, where) {
  byId("panel-title").textContent = title;
  byId("panel-where").textContent = where;
  byId("panel-body").replaceChildren();
  byId("panel-foot").replaceChildren();
  if (!panel.open) panel.showModal();
  shown += 1;
  return shown;
}

function openOriginal(fileId) {
  return el("a", {
    class: "button",
    href: contentUrl(fileId),
    target: "_blank",
    rel: "noopener",
    text: "Open the original",
  });
}

/** Split text at the passage, where runs of blanks may differ; null where it is not in it. */
function locate(text, passage) {
  const words = passage.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = words[0] ? new RegExp(words.join("\\s+")).exec(text) : null;
  if (!found) return null;
  const end = found.index + found[0].length;
  return [text.slice(0, found.index), found[0], text.slice(end)];
}

function marked(text, passage) {
  const parts = passage ? locate(text, passage) : null;
  if (!parts) return el("div", { class: "page-text", text });
  return el("div", { class: "page-text" }, parts[0], el("mark", { text: parts[1] }), parts[2]);
}

async function turnTo(fileId, number, pages, passage, heading) {
  const name = byId("panel-title").textContent;
  const ticket = open(name, [`page ${number}${pages ? ` of ${pages}` : ""}`, heading].filter(Boolean).join(" · "));
  let body;
  try {
    const page = await getPage(fileId, number);
    if (ticket !== shown) return;
    body = [marked(page.text, passage)];
    pages = page.page_count || pages;
    const where = [`page ${number} of ${pages}`, page.label || heading, page.ocr && "read from a picture"];
    byId("panel-where").textContent = where.filter(Boolean).join(" · ");
  } catch (error) {
    if (ticket !== shown) return;
    body = [problem(error), passage ? el("div", { class: "page-text" }, el("mark", { text: passage })) : null];
  }
  byId("panel-body").replaceChildren(...body.filter(Boolean));
  byId("panel-body").querySelector("mark")?.scrollIntoView({ block: "center" });
  byId("panel-foot").replaceChildren(
    el("button", {
      type: "button", class: "quiet", text: "← Page", disabled: number <= 1, "aria-label": "Page before",
      on: { click: () => turnTo(fileId, number - 1, pages) },
    }),
    el("button", {
      type: "button", class: "quiet", text: "Page →", disabled: number >= pages, "aria-label": "Page after",
      on: { click: () => turnTo(fileId, number + 1, pages) },
    }),
    openOriginal(fileId),
  );
}

/** Show the page of a source with its passage marked. */
export async function showSource(source) {
  open(source.name, `page ${source.page}`);
  if (source.file_id === null) {
    byId("panel-body").replaceChildren(
      problem({ message: "This file is no longer at its place.", remedy: `it was ${source.path}` }),
      el("div", { class: "page-text" }, el("mark", { text: source.text })),
    );
    return;
  }
  await turnTo(source.file_id, source.page, 0, source.text, source.heading);
}

function fact(name, value) {
  return value ? [el("dt", { text: name }), el("dd", { text: value })] : [];
}

function scores(classification, nameOf) {
  const rows = classification.scores.slice(0, 6).map((score) =>
    el(
      "li",
      {},
      el("span", { text: nameOf(score.category) }),
      el("meter", { min: 0, max: 1, value: score.probability, "aria-label": nameOf(score.category) }),
      el("span", { class: "number", text: percent(score.probability) }),
    ),
  );
  return el("ul", { class: "scores" }, ...rows);
}

function facts(file, nameOf) {
  const decided = file.classification;
  return el(
    "dl",
    {},
    ...fact("Title", file.title),
    ...fact("Category", decided && `${nameOf(decided.category)}, ${percent(decided.confidence)} certain`),
    ...fact("Decided by", decided && decided.tier.replace("_", " ")),
    ...fact("Why", decided && decided.reason),
    ...fact("Note", file.note),
    ...fact("Read", file.read_status && file.read_status.replace("_", " ")),
    ...fact("Seen", file.seen < 1 && `the first ${percent(file.seen)}`),
    ...fact("Pages", file.page_count),
    ...fact("Type", file.media_type),
    ...fact("Size", size(file.size_bytes)),
    ...fact("Added", new Date(file.added_at).toLocaleString()),
    ...fact("Path", file.path),
  );
}

/** Show all that is known of a file. */
export async function showFile(fileId, name, nameOf) {
  const ticket = open(name, "");
  try {
    const file = await getFile(fileId);
    if (ticket !== shown) return;
    const scored = file.classification?.scores.length > 1 && scores(file.classification, nameOf);
    byId("panel-body").replaceChildren(...[facts(file, nameOf), scored].filter(Boolean));
    const read = el("button", {
      type: "button", class: "quiet", text: "Read the text",
      on: { click: () => turnTo(fileId, 1, file.page_count) },
    });
    byId("panel-foot").replaceChildren(...(file.read_status === "text" ? [read] : []), openOriginal(fileId));
  } catch (error) {
    if (ticket === shown) byId("panel-body").replaceChildren(problem(error));
  }
}
