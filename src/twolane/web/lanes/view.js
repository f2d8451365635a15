// @ts-check
// Both lanes as they are now: what each does and how fast, what waits for what and why, and what the library holds.

import { retryParked, shown } from "../common/api.js";
import { box, el, replace, toast, toastTrouble } from "../common/dom.js";
import { numeral, percent } from "../common/format.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";
import { say } from "../common/say.js";
import { onStatus, standing } from "../common/standing.js";
import { told } from "../common/told.js";
import { wordOf as stateWord } from "../files/list.js";
import { causeWord } from "../review/choices.js";
import { backups, loadBackups } from "./backups.js";
import { keptOut, loadKeptOut } from "./keptout.js";
import { RateMeter } from "./rate.js";
import { doing, folderRow, jobsRow, proofRows, reasons, stateOf, tierRows, wordOf, workerRow } from "./words.js";

/** @import { Child } from "../common/dom.js" */
/** @import { Filters } from "../common/places.js" */
/** @import { FileState, LaneSnapshot, StatusOut } from "../common/schemas.js" */
/** @import { Pace } from "./rate.js" */

const meter = new RateMeter();
/** @type {Pace} */
let pace = { jobs: 0, tokens: 0, left: null };

/**
 * @param {string} title
 * @param {readonly string[]} columns
 * @param {Child[][]} rows
 */
function table(title, columns, rows) {
  const head = el("tr", {}, ...columns.map((text) => el("th", { scope: "col", text })));
  const body = rows.map((cells) => el("tr", {}, ...cells.map((cell) => el("td", {}, cell))));
  // It scrolls sideways where it is narrow, and so has to be reached by keys.
  return el("section", { tabindex: 0, "aria-label": title }, el("h3", { text: title }), el("table", {}, el("thead", {}, head), el("tbody", {}, ...body)));
}

/**
 * @param {LaneSnapshot} lane
 * @param {StatusOut} status
 */
function card(lane, status) {
  const { name, model, runtime, url, health } = lane;
  const words = say().lanes;
  const memory = health.pushed_out ? words.pushed_out : health.loaded ? words.in_memory : words.not_in_memory;
  return el(
    "section", { class: `lane-card ${name} ${stateOf(health)}`, "aria-label": words.names[name] },
    el("h3", {}, el("span", { class: "dot", "aria-hidden": "true" }), words.names[name], el("span", { class: "word", text: wordOf(health) })),
    el("p", { class: "lane-model" }, el("strong", { text: model || words.rules_only }), el("span", { class: "aside", text: `${runtime} ${url}` })),
    el("ul", { class: "figures" }, ...doing(lane, status, pace).map((text) => el("li", { text }))),
    el("p", { class: "aside", text: [told(health, "detail"), health.ready && model ? memory : ""].filter(Boolean).join(" · ") }),
    health.remedy ? el("p", { class: "remedy", text: `→ ${told(health, "remedy")}` }) : null,
    health.servers.length > 1 ? el("ul", { class: "servers" }, ...health.servers.map((server) => el(
      "li", {}, el("code", { text: server.url }), ` ${server.ready ? words.health.ready : words.server_down(server.breaker)} ${told(server, "detail")}`,
    ))) : null,
  );
}

/** @param {StatusOut} status */
function waits(status) {
  const words = say().lanes;
  const why = reasons(status).map((text) => el("p", { text }));
  const { troubles } = status.snapshot;
  const again = el("button", { type: "button", class: "quiet", text: words.retry, data: { key: "retry", right: "admin" }, on: { click: retry } });
  const failed = status.parked ? [
    el("p", {}, words.parked(status.parked), " ", again),
    el("ul", { class: "kept" }, ...troubles.map((trouble) => el(
      "li", {}, el("span", { text: trouble.what }), el("span", { class: "aside", text: told(trouble, "why") }),
    ))),
  ] : [];
  return el(
    "section", { class: "waits" }, el("h3", { text: words.why }), ...why, ...failed,
    why.length || failed.length ? "" : el("p", { class: "aside", text: words.nothing_held }),
  );
}

async function retry() {
  try {
    toast(say().lanes.retried((await retryParked()).queued));
  } catch (error) {
    toastTrouble(shown(error));
  }
}

/**
 * @param {string} text
 * @param {Partial<Filters>} filters
 */
function toFiles(text, filters) {
  const address = addressOf({ view: "files", filters: { ...NO_FILTERS, ...filters }, file: null, page: null });
  return el("a", { href: address, text, data: { key: text } });
}

/** @param {StatusOut["snapshot"]["counts"]["tiers"]} tiers */
function shares(tiers) {
  const words = say().lanes;
  return table(words.tiers, words.tiers_columns, tierRows(tiers).map(({ name, number, share }) => [
    name, numeral(number), el("span", {}, el("meter", { min: 0, max: 1, value: share, "aria-label": name }), ` ${percent(share)}`),
  ]));
}

/** @param {StatusOut["snapshot"]["counts"]} counts */
function library(counts) {
  const words = say().lanes;
  const states = /** @type {[FileState, number][]} */ (Object.entries(counts.files)).filter(([, number]) => number);
  return table(words.library, words.library_columns, [
    ...states.map(([state, number]) => [toFiles(words.files_in(stateWord(state)), { state }), numeral(number)]),
    [words.documents, numeral(counts.documents)],
    [words.passages, numeral(counts.passages)],
    [words.vectors, numeral(counts.vectors)],
  ]);
}

/** @param {StatusOut} status */
function parts(status) {
  const words = say().lanes;
  const { lanes, embedder, jobs, workers, working, folders, counts, proof } = status.snapshot;
  const causes = Object.entries(counts.causes ?? {});
  const now = Date.now() / 1000;
  return [
    el("div", { class: "lane-cards" }, ...lanes.map((lane) => card(lane, status))),
    el("p", { class: "aside" }, `${words.embedder}: ${wordOf(embedder)}, ${told(embedder, "detail")}`),
    waits(status),
    table(words.jobs, words.jobs_columns, Object.entries(jobs).map(([kind, each]) => jobsRow(kind, each))),
    table(words.workers_title(workers), words.workers_columns, working.map(workerRow)),
    ...(folders?.length ? [table(words.folders, words.folders_columns, folders.map((folder) => folderRow(folder, now)))] : []),
    shares(counts.tiers),
    ...(proof ? [table(words.proof, words.proof_columns, proofRows(proof))] : []),
    ...(causes.length ? [table(words.causes, words.causes_columns,
      causes.map(([cause, number]) => [toFiles(causeWord(cause), { state: "review" }), numeral(number)]))] : []),
    library(counts),
  ];
}

const live = el("div", { class: "live" });

/** @param {StatusOut} status */
function follow(status) {
  pace = meter.take(status.snapshot, Date.now() / 1000);
  show();
}

function show() {
  const newest = standing();
  if (!newest || place().view !== "lanes") return;
  box("lanes-version").textContent = `twolane ${newest.snapshot.version}`;
  replace(live, parts(newest));
}

export function startLanes() {
  box("lanes-parts").append(live, backups(), keptOut());
  onStatus(follow);
  onPlace(({ view }) => {
    show();
    if (view !== "lanes") return;
    loadBackups();
    loadKeptOut();
  });
}
