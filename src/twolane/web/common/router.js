// @ts-check
// The place in the browser: its address and history, so that reload, back and forward keep it.

import { addressOf, placeAt } from "./places.js";

/** @import { Place, View } from "./places.js" */
/**
 * @typedef {object} Passage what is marked on the page that the panel shows
 * @property {string} text
 * @property {string} heading
 * @property {number[][]} [spans] what of it is marked: first characters and those behind the last, as the server counts
 */
/**
 * @typedef {object} Entry what the browser keeps with an address, over a reload too
 * @property {boolean} opened whether going back closes the panel
 * @property {Passage | null} passage
 */

/** @type {Set<(place: Place) => void>} */
const listeners = new Set();
let here = placeAt(location.hash);

export const place = () => here;

/** @returns {Entry} */
export const entry = () => history.state ?? { opened: false, passage: null };

/**
 * Run at every change of the place, and once at the start.
 *
 * @param {(place: Place) => void} listener
 */
export function onPlace(listener) {
  listeners.add(listener);
  listener(here);
}

/**
 * Go to a place that differs from this one in what is named.
 *
 * @param {Partial<Place>} change
 * @param {{ replace?: boolean, entry?: Partial<Entry> }} [how] with `replace`, back does not lead here again
 */
export function go(change, how = {}) {
  const next = { ...here, ...change };
  const address = addressOf(next);
  const stored = { opened: false, passage: null, ...how.entry };
  if (how.replace || address === addressOf(here)) history.replaceState(stored, "", address);
  else history.pushState(stored, "", address);
  here = next;
  for (const listener of listeners) listener(here);
}

/**
 * Open a file in the panel, over the view that is there or the one that is named.
 *
 * @param {number} file
 * @param {{ view?: View, page?: number | null, passage?: Passage | null }} [what]
 */
export function openFile(file, { view = here.view, page = null, passage = null } = {}) {
  // A page that is turned does not make back a way through all the pages.
  const replace = here.file !== null;
  const opened = replace ? entry().opened : true;
  go({ view, file, page }, { replace, entry: { opened, passage } });
}

/** Close the panel: as back does where it was opened here, and otherwise by forgetting the file. */
export function closeFile() {
  if (here.file === null) return;
  if (entry().opened) history.back();
  else go({ file: null, page: null }, { replace: true });
}

function moved() {
  const next = placeAt(location.hash);
  // Only the chat's own address can mean a new conversation: elsewhere the one that is shown stays.
  const conversation = next.view === "ask" ? next.conversation : next.conversation || here.conversation;
  const { filters, search } = next.view === "search" ? { ...next, filters: here.filters } : { ...next, search: here.search };
  here = { ...next, conversation, filters, search };
  const address = addressOf(here);
  if (address !== addressOf(next)) history.replaceState(history.state, "", address);
  for (const listener of listeners) listener(here);
}

addEventListener("popstate", moved);
