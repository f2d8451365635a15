// @ts-check
// The status as a page: both lanes with their servers, the jobs, and what the library holds.

import { nameOf } from "../common/categories.js";
import { box, el } from "../common/dom.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";
import { onStatus, standing } from "../common/standing.js";
import { causeWord } from "../review/choices.js";
import { wordOf as stateWord } from "../files/list.js";
import { backups, loadBackups } from "./backups.js";
import { keptOut, loadKeptOut } from "./keptout.js";
import { TITLES, folderRow, jobsRow, proofRows, tierRows, wordOf, workerRow } from "./words.js";

/** @import { Child } from "../common/dom.js" */
/** @import { Filters } from "../common/places.js" */
/** @import { FileState, LaneSnapshot, StatusOut } from "../common/schemas.js" */

/**
 * @param {string} title
 * @param {string[]} columns
 * @param {Child[][]} rows
 */
function table(title, columns, rows) {
  const head = el("tr", {}, ...columns.map((text) => el("th", { scope: "col", text })));
  const body = rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))));
  return el("section", {}, el("h3", { text: title }), el(
    "table", {}, el("thead", {}, head), el("tbody", {}, ...body),
  ));
}

/** @param {LaneSnapshot} lane */
function laneRows({ name, model, runtime, url, health }) {
  /** @type {Child[][]} */
  const rows = [[TITLES[name], model || "rules only", `${runtime} ${url}`, wordOf(health), health.detail]];
  const several = health.servers.length > 1 ? health.servers : [];
  for (const { url, ready, breaker, detail } of several) {
    rows.push(["", "", url, ready ? "ready" : `down, breaker ${breaker}`, detail]);
  }
  return rows;
}

/**
 * @param {string} text
 * @param {Partial<Filters>} filters
 */
function toFiles(text, filters) {
  const address = addressOf({ view: "files", filters: { ...NO_FILTERS, ...filters }, file: null, page: null });
  return el("a", { href: address, text });
}

/** @param {StatusOut} status */
function parts({ snapshot: { lanes, embedder, jobs, workers, working, folders, counts, proof }, asks_under_way: asks }) {
  const vectors = ["Search by meaning", "", "", embedder.ready ? "ready" : "down", embedder.detail];
  const states = /** @type {[FileState, number][]} */ (Object.entries(counts.files)).filter(([, number]) => number);
  return [
    table("Lanes", ["Lane", "Model", "Runs at", "State", "Detail"], [...lanes.flatMap(laneRows), vectors]),
    table("Jobs", ["Step", "Queued", "Running", "Done", "Failed", "Oldest"],
      Object.entries(jobs).map(([kind, each]) => jobsRow(kind, each))),
    table(`Workers: ${workers}`, ["Process", "Lane", "Files at once", "For", "Jobs done", "Version"], working.map(workerRow)),
    ...(folders?.length ? [table("Watched folders", ["Folder", "Watched", "Still written", "Last change", ""],
      folders.map((folder) => folderRow(folder, Date.now() / 1000)))] : []),
    table("Library", ["What", "How many"], [
      ...states.map(([state, number]) => [toFiles(`Files: ${stateWord(state)}`, { state }), number]),
      ["Documents", counts.documents],
      ["Passages", counts.passages],
      ["Passages with a vector", counts.vectors],
      ["Questions under way", asks],
    ]),
    table("Filed by", ["What decided", "Files", "Share"], tierRows(counts.tiers)),
    ...(proof ? [table("How sure filing is", ["What", ""], proofRows(proof))] : []),
    table("To review, because", ["Cause", "Files"],
      Object.entries(counts.causes ?? {}).map(([cause, number]) => [toFiles(causeWord(cause), { state: "review" }), number])),
    table("Categories", ["Category", "Documents"],
      Object.entries(counts.categories).map(([id, number]) => [toFiles(nameOf(id), { category: id }), number])),
  ];
}

function show() {
  const newest = standing();
  if (!newest || place().view !== "lanes") return;
  box("lanes-version").textContent = `twolane ${newest.snapshot.version}`;
  box("lanes-parts").replaceChildren(...parts(newest), backups(), keptOut());
}

export function startLanes() {
  onStatus(show);
  onPlace(({ view }) => {
    show();
    if (view !== "lanes") return;
    loadBackups();
    loadKeptOut();
  });
}
