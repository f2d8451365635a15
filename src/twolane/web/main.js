// @ts-check
// Starts the page: its words, its views as they are asked for, and every new status. Why it is so: docs/why/serving.md.

import { follow } from "./common/api.js";
import { box, el, toastTrouble, undoByKeys } from "./common/dom.js";
import { keepPage } from "./common/offline.js";
import { addressOf } from "./common/places.js";
import { go, onPlace, place } from "./common/router.js";
import { isChosen, say, speak } from "./common/say.js";
import { isAllowed, loadSession, may } from "./common/session.js";
import { onStatus, tellStatus } from "./common/standing.js";
import { chooseTheme, theme, wearTheme } from "./common/theme.js";

/** @import { Place, View } from "./common/places.js" */
/** @import { Right } from "./common/schemas.js" */
/**
 * @typedef {object} Part what is fetched once a view is first looked at
 * @property {string[]} styles
 * @property {() => Promise<unknown>} start
 */

/** @type {Record<View | "panel", Part>} */
const PARTS = {
  ask: { styles: ["ask/ask", "ask/talks", "search/search"], start: async () => (await import("./ask/view.js")).startAsking() },
  search: { styles: ["panel/panel", "search/search"], start: async () => (await import("./search/view.js")).startSearch() },
  files: { styles: ["files/files", "panel/panel"], start: async () => {
    const [{ startFiles }, { startUploads }, { startShared }, { startAgain }] = await Promise.all([
      import("./files/view.js"), import("./files/upload.js"), import("./files/shared.js"), import("./review/again.js"),
    ]);
    startUploads();
    startShared();
    startAgain();
    startFiles();
  } },
  review: { styles: ["review/review", "panel/panel"], start: async () => (await import("./review/view.js")).startReview() },
  order: { styles: ["order/order"], start: async () => (await import("./order/view.js")).startOrder() },
  categories: {
    styles: ["correspondents/correspondents", "categories/categories", "panel/panel"],
    start: async () => (await import("./categories/view.js")).startCategories(),
  },
  correspondents: {
    styles: ["correspondents/correspondents"],
    start: async () => (await import("./correspondents/view.js")).startCorrespondents(),
  },
  lanes: { styles: ["lanes/lanes"], start: async () => (await import("./lanes/view.js")).startLanes() },
  settings: { styles: ["settings/settings"], start: async () => (await import("./settings/view.js")).startSettings() },
  panel: { styles: ["order/order", "panel/panel"], start: async () => (await import("./panel/panel.js")).startPanel() },
};
/** What other views need of these: files are dropped anywhere, and a tab says what is not finished. */
const SOON = /** @type {const} */ (["files", "order"]);

/** @type {Map<string, Promise<unknown>>} */
const loaded = new Map();
const wide = matchMedia("(min-width: 1001px)");

/** @type {(name: string, load: () => Promise<unknown>) => Promise<unknown>} */
function once(name, load) {
  const known = loaded.get(name) ?? load();
  loaded.set(name, known);
  known.catch(() => loaded.delete(name)); // a server that was away may be there at the next look
  return known;
}

/** @param {View | "panel"} name */
const need = (name) => once(name, async () => {
  await Promise.all(PARTS[name].styles.map((path) => once(`${path}.css`, () => style(path))));
  await PARTS[name].start();
});

/** @param {string} path */
const style = (path) => new Promise((resolve, reject) => {
  document.head.append(el("link", {
    rel: "stylesheet", href: new URL(`./${path}.css`, import.meta.url), on: { load: resolve, error: () => reject(new Error(`${path}.css did not come`)) },
  }));
});

/** @param {View} view */
const besides = (view) => (wide.matches && (view === "ask" || view === "files") ? /** @type {View[]} */ (["ask", "files"]) : [view]);

/** Every user and reader has these, and nothing waits for it to be known. */
const EVERYBODYS = new Set(["", "ask", "read"]);

/**
 * Return whether who looks at the page may use a view; an address that they were given may be another's.
 *
 * @param {View} view
 */
async function isOpen(view) {
  const tab = document.querySelector(`a[data-view="${view}"]`);
  const right = /** @type {Right | ""} */ (tab?.getAttribute("data-right") ?? "");
  return EVERYBODYS.has(right) || isAllowed(/** @type {Right} */ (right));
}

/** @param {Place} at */
async function showView(at) {
  const { view } = at;
  const open = await isOpen(view);
  if (place().view !== view) return; // somebody has gone on meanwhile
  if (!open) {
    toastTrouble({ message: say().shell.not_open(say().shell.views[view]), remedy: say().shell.ask_manager });
    go({ view: "files" }, { replace: true });
    return;
  }
  document.body.dataset["view"] = view;
  document.title = `${say().shell.views[view]} · twolane`;
  for (const link of document.querySelectorAll("a[data-view]")) {
    if (link instanceof HTMLAnchorElement) lead(link, at);
  }
  const more = box("more-tabs");
  box("more-views").toggleAttribute("data-here", more.querySelector("[aria-current]") !== null);
  if (more.matches(":popover-open")) more.hidePopover();
  try {
    await bring(at);
  } catch {
    // What was shown before stays; the address says what was asked for, and a reload shows it.
    toastTrouble({ message: say().shell.not_here, remedy: say().shell.reload });
  }
}

/** @param {Place} at */
async function bring({ view, file }) {
  const shown = besides(view);
  await Promise.all([...shown, ...(file === null ? [] : /** @type {const} */ (["panel"]))].map(need));
  if (place().view !== view) return;
  reveal(shown); // not before it can be used: what is typed and entered at once must not be lost
  enter(view);
}

/** Where one begins in a view; in the others it is the heading. @type {Partial<Record<View, string>>} */
const FIRST = { ask: "#question", search: "#search-body input[type='search']" };
const writes = matchMedia("(pointer: fine)"); // elsewhere a field with the focus would bring up a keyboard
/** @type {View | null} */
let entered = null;

/**
 * Lead who comes to a view into it, wherever nothing in it has the focus already.
 *
 * @param {View} view
 */
function enter(view) {
  if (view === entered) return;
  entered = view;
  const [focused, part] = [document.activeElement, document.querySelector(`main > [data-part="${view}"]`)];
  const isFree = !focused || focused === document.body || focused.closest(".tabs, .brand, [hidden]") !== null;
  if (!isFree || document.querySelector("dialog[open]")) return;
  const first = writes.matches ? part?.querySelector(FIRST[view] ?? "h2") : part?.querySelector("h2");
  if (!(first instanceof HTMLElement)) return;
  if (first.matches("h2")) first.tabIndex = -1;
  first.focus({ preventScroll: true });
}

/** @param {View[]} views */
function reveal(views) {
  for (const part of document.querySelectorAll("main > [data-part]")) {
    part.toggleAttribute("hidden", !views.some((view) => view === part.getAttribute("data-part")));
  }
}

/**
 * @param {HTMLAnchorElement} link
 * @param {Place} at
 */
function lead(link, at) {
  const view = /** @type {View} */ (link.dataset["view"]);
  link.href = addressOf({ ...at, view, file: null, page: null, part: "" });
  if (view === at.view) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

/** What a user has set elsewhere holds here, too, unless it was set otherwise in this browser. */
async function greet() {
  const { settings = {} } = await loadSession() ?? {};
  if (settings["theme"] && theme() === "auto") chooseTheme(settings["theme"]);
  if (settings["language"] && !isChosen()) {
    await speak(settings["language"]);
    location.reload(); // what is built already speaks the other one
  }
}

async function start() {
  wearTheme();
  await speak();
  const greeted = greet();
  onPlace(showView);
  addEventListener("keydown", undoByKeys);
  wide.addEventListener("change", () => showView(place()));
  once("account", async () => {
    await style("account/account");
    await (await import("./account/view.js")).startAccount();
  }).catch(() => {}); // the page does without it, and a reload shows it
  const { showDisconnected, showStrip } = await import("./lanes/strip.js");
  onStatus(showStrip);
  onStatus(({ snapshot }) => { box("review-waiting").textContent = String(snapshot.counts.files.review || ""); });
  follow(tellStatus, showDisconnected);
  await Promise.allSettled([greeted, need(place().view)]);
  await Promise.allSettled(SOON.filter((name) => name !== "order" || may("admin")).map(need));
  await keepPage();
}

start();
