// The table of files: filters, corrections, paging, and staying up to date.

import { correct, getCategories, listFiles, retryParked } from "./api.js";
import { byId, el, later, percent, problem, toast } from "./dom.js";
import { showFile } from "./panel.js";

const PAGE_SIZE = 50;
const STATES = [
  ["", "All"],
  ["review", "To review"],
  ["filed", "Filed"],
  ["waiting", "Waiting"],
  ["unread", "Not read"],
  ["quarantined", "Failed"],
  ["skipped", "Skipped"],
  ["gone", "Gone"],
];
const WORDS = { ...Object.fromEntries(STATES), gone: "Gone" };

let categories = [];
let counts = {};
let wanted = { state: "", category: "", text: "", offset: 0 };
let loading = null;
const rowTexts = new Map();

const nameOf = (id) => categories.find((category) => category.id === id)?.name ?? id;
const filtered = () => Boolean(wanted.state || wanted.category || wanted.text);

function query() {
  const parts = new URLSearchParams({ order: "review", limit: PAGE_SIZE, offset: wanted.offset });
  for (const name of ["state", "category", "text"]) if (wanted[name]) parts.set(name, wanted[name]);
  return parts;
}

export async function refresh() {
  loading?.abort();
  loading = new AbortController();
  try {
    show(await listFiles(query(), loading.signal));
  } catch (error) {
    if (error.name !== "AbortError") showEmpty(problem(error));
  }
}

const refreshSoon = later(refresh, 200);

function want(change) {
  wanted = { ...wanted, offset: 0, ...change };
  showStates();
  refreshSoon();
}

function show({ files, total, offset }) {
  if (!files.length && offset) return want({});
  byId("files-total").textContent = total || "";
  byId("files-table").hidden = !files.length;
  byId("files-empty").hidden = Boolean(files.length);
  if (!files.length) showEmpty(...nothing());
  showRows(files);
  byId("pager").hidden = total <= PAGE_SIZE;
  byId("range").textContent = `${offset + 1} to ${offset + files.length} of ${total}`;
  byId("earlier").disabled = offset === 0;
  byId("later").disabled = offset + files.length >= total;
  return undefined;
}

function showEmpty(...content) {
  byId("files-table").hidden = true;
  byId("files-empty").hidden = false;
  byId("files-empty").replaceChildren(...content);
}

function nothing() {
  if (!filtered()) {
    return [
      el("h3", { text: "No files yet" }),
      el("p", {}, "Drop files anywhere on this page, or have a whole folder filed with ",
        el("code", { text: "twolane add FOLDER" }), ". Your files stay where they are."),
    ];
  }
  if (wanted.state === "review" && !wanted.category && !wanted.text) {
    return [el("h3", { text: "Nothing to review" }), el("p", { text: "Every file that was read has its place." })];
  }
  const clear = el("button", {
    type: "button", class: "quiet", text: "Show all files",
    on: { click: () => {
      byId("text").value = "";
      byId("category").value = "";
      want({ state: "", category: "", text: "" });
    } },
  });
  return [el("h3", { text: "No file matches" }), clear];
}

/** Replace only the rows that changed, so that focus and an open list of categories survive an update. */
function showRows(files) {
  const body = byId("rows");
  const old = new Map([...body.children].map((row) => [row.dataset.id, row]));
  const rows = files.map((file) => {
    const id = String(file.file_id);
    const text = JSON.stringify([file, categories.length]);
    const kept = old.get(id);
    const busy = kept?.contains(document.activeElement) && document.activeElement.matches("select");
    if (kept && (busy || rowTexts.get(id) === text)) return kept;
    rowTexts.set(id, text);
    return row(file);
  });
  const same = rows.length === body.children.length && rows.every((each, at) => each === body.children[at]);
  if (!same) body.replaceChildren(...rows);
}

function row(file) {
  const note = file.note || (file.seen < 1 ? `the first ${percent(file.seen)} was read` : "");
  return el(
    "tr",
    { data: { id: file.file_id, state: file.state } },
    el(
      "td",
      { class: "name" },
      el("button", {
        type: "button", class: "link", text: file.name, title: file.path,
        on: { click: () => showFile(file.file_id, file.name, nameOf) },
      }),
      note ? el("span", { class: "note", text: note }) : null,
    ),
    el("td", { class: "category" }, ...categoryCell(file)),
    el("td", { class: "certain" }, ...certainCell(file.classification)),
    el("td", { class: "state" }, el("span", { class: `badge ${file.state}`, text: WORDS[file.state] })),
  );
}

function categoryCell(file) {
  const decided = file.classification;
  if (!decided && !file.read_status) return [el("span", { class: "none", text: "—" })];
  const select = el("select", {
    "aria-label": `Category of ${file.name}`,
    on: { change: () => decide(file, select.value, select) },
  });
  if (!decided) select.append(el("option", { value: "", text: "none yet", disabled: true, selected: true }));
  for (const category of categories) {
    const selected = category.id === decided?.category;
    select.append(el("option", { value: category.id, text: category.name, selected, title: category.description }));
  }
  if (decided && !categories.some((category) => category.id === decided.category)) {
    select.append(el("option", { value: decided.category, text: decided.category, selected: true }));
  }
  if (file.state !== "review") return [select];
  const keep = el("button", {
    type: "button", class: "keep", text: "Keep", "aria-label": `Keep ${nameOf(decided.category)} for ${file.name}`,
    on: { click: () => decide(file, decided.category, select) },
  });
  return [select, keep];
}

function certainCell(decided) {
  if (!decided) return [];
  const value = decided.confidence;
  return [
    el("meter", { min: 0, max: 1, low: 0.5, high: 0.75, optimum: 1, value, "aria-label": "Confidence" }),
    el("span", { class: "number", text: percent(value) }),
    el("span", { class: "tier", text: decided.tier.replace("_", " "), title: decided.reason }),
  ];
}

async function decide(file, category, select) {
  select.disabled = true;
  try {
    await correct(file.file_id, category);
    toast(`${file.name} is now in ${nameOf(category)}`);
  } catch (error) {
    toast([error.message, error.remedy].filter(Boolean).join(" → "), true);
  }
  select.blur();
  rowTexts.delete(String(file.file_id));
  await refresh();
}

function showStates() {
  const total = Object.entries(counts).reduce((sum, [state, n]) => (state === "gone" ? sum : sum + n), 0);
  const chips = STATES.map(([state, text]) => {
    const number = state ? counts[state] ?? 0 : total;
    if (state && !number && state !== wanted.state) return null;
    return el(
      "button",
      {
        type: "button", class: `chip ${state}`, "aria-pressed": String(state === wanted.state),
        on: { click: () => want({ state }) },
      },
      text,
      el("span", { class: "count", text: number }),
    );
  });
  const group = byId("states");
  group.hidden = !total && !counts.gone;
  const focused = [...group.children].indexOf(document.activeElement);
  group.replaceChildren(...chips.filter(Boolean));
  group.children[focused]?.focus();
}

let seen = "";

/** Take in a new status: chips at once, the table where something moved. */
export function filesChanged(status) {
  const { files, categories } = status.snapshot.counts;
  const now = JSON.stringify([files, categories, status.waiting, status.parked]);
  if (now === seen) return;
  seen = now;
  counts = files;
  showStates();
  byId("retry").hidden = !status.parked;
  refreshSoon();
}

export async function startFiles() {
  byId("category").addEventListener("change", (event) => want({ category: event.target.value }));
  byId("text").addEventListener("input", (event) => want({ text: event.target.value.trim() }));
  byId("earlier").addEventListener("click", () => turn(-PAGE_SIZE));
  byId("later").addEventListener("click", () => turn(PAGE_SIZE));
  byId("retry").addEventListener("click", retry);
  showStates();
  try {
    categories = await getCategories();
    byId("category").append(
      ...categories.map((category) => el("option", { value: category.id, text: category.name })),
    );
  } catch (error) {
    toast(error.message, true);
  }
  await refresh();
}

function turn(step) {
  byId("table").scrollTop = 0;
  want({ offset: Math.max(0, wanted.offset + step) });
}

async function retry() {
  try {
    const { queued } = await retryParked();
    toast(queued === 1 ? "One job is tried again" : `${queued} jobs are tried again`);
  } catch (error) {
    toast(error.message, true);
  }
}
