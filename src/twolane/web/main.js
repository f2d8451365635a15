// @ts-check
// Starts the page: its words, its views as they are asked for, and every new status. Why it is so: docs/why/serving.md.

import { follow } from "./common/api.js";
import { changed } from "./common/changes.js";
import { box, toastTrouble, undoByKeys } from "./common/dom.js";
import { keepPage } from "./common/offline.js";
import { addressOf } from "./common/places.js";
import { go, onPlace, place } from "./common/router.js";
import { isChosen, say, speak } from "./common/say.js";
import { isAllowed, loadSession, may } from "./common/session.js";
import { onStatus, tellStatus } from "./common/standing.js";
import { chooseTheme, theme, wearTheme } from "./common/theme.js";
import { showDisconnected, showStrip } from "./lanes/strip.js";

/** @import { Place, View } from "./common/places.js" */
/** @import { Right } from "./common/schemas.js" */

/** What runs once a part is first looked at: until then nothing of it does. @type {Record<View | "panel" | "account", () => Promise<unknown>>} */
const STARTS = {
  ask: async () => (await import("./ask/view.js")).startAsking(),
  search: async () => (await import("./search/view.js")).startSearch(),
  files: async () => {
    const [{ startFiles }, { startUploads }, { startShared }, { startAgain }] = await Promise.all([
      import("./files/view.js"), import("./files/upload.js"), import("./files/shared.js"), import("./review/again.js"),
    ]);
    startUploads();
    startShared();
    startAgain();
    startFiles();
  },
  review: async () => (await import("./review/view.js")).startReview(),
  order: async () => (await import("./order/view.js")).startOrder(),
  categories: async () => (await import("./categories/view.js")).startCategories(),
  correspondents: async () => (await import("./correspondents/view.js")).startCorrespondents(),
  lanes: async () => (await import("./lanes/view.js")).startLanes(),
  settings: async () => (await import("./settings/view.js")).startSettings(),
  panel: async () => (await import("./panel/panel.js")).startPanel(),
  account: async () => (await import("./account/view.js")).startAccount(),
};
/** What other views need of these: files are dropped anywhere, and a tab says what is not finished. */
const SOON = /** @type {const} */ (["files", "order"]);

/** @type {Map<keyof typeof STARTS, Promise<unknown>>} */
const started = new Map();
const wide = matchMedia("(min-width: 1001px)");

/** @param {keyof typeof STARTS} name */
function need(name) {
  const known = started.get(name) ?? STARTS[name]();
  started.set(name, known);
  return known;
}

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
  bring(at);
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
  need("account").catch(() => {}); // the page does without it, and a reload shows it
  onStatus(showStrip);
  onStatus(({ snapshot }) => { box("review-waiting").textContent = String(snapshot.counts.files.review || ""); });
  let isLost = false;
  follow((status) => {
    tellStatus(status);
    if (isLost) changed(); // nobody has told what happened meanwhile
    isLost = false;
  }, (problem) => {
    isLost = true;
    showDisconnected(problem);
  });
  const { view } = place();
  await Promise.allSettled([greeted, isOpen(view).then((open) => (open ? need(view) : null))]);
  await Promise.allSettled(SOON.filter((name) => name !== "order" || may("admin")).map(need));
  await keepPage();
}

start();
