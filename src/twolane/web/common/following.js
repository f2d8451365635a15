// @ts-check
// One stream of the server's events for all tabs of a browser, which opens no more than six connections to a server.

const STREAM = "/api/v1/events";
const NAME = "twolane-events";
const BEAT_MS = 5_000;
const SILENT_MS = 20_000; // a browser may put the tab that has the stream to sleep

/** @typedef {{ name: "status" | "error", data: string }} Heard an event; an error without data is the browser's own */

/**
 * Hear the server's events: of one tab, which has the stream, by all; where browsers cannot share, by each while it is seen.
 *
 * @param {(heard: Heard) => void} hear
 */
export function hearEvents(hear) {
  if ("locks" in navigator) shareStream(hear);
  else hearWhileSeen(hear);
}

/** @param {(heard: Heard) => void} hear */
function shareStream(hear) {
  const channel = new BroadcastChannel(NAME);
  let heardAt = performance.now();
  let leads = false;
  /** @type {Heard | null} */
  let last = null;
  channel.onmessage = ({ data }) => {
    heardAt = performance.now();
    if (data === "new") {
      if (leads && last) channel.postMessage(last);
    } else if (data !== "beat" && !leads) hear(data);
  };
  const lead = () => {
    leads = true;
    const close = openStream((heard) => {
      last = heard;
      channel.postMessage(heard);
      hear(heard);
    });
    const beat = setInterval(() => channel.postMessage("beat"), BEAT_MS);
    return () => { leads = false; clearInterval(beat); close(); };
  };
  const take = (steal = false) => {
    let end = () => {};
    navigator.locks.request(NAME, { steal }, () => {
      end = lead();
      return new Promise(() => {}); // as long as the tab lives
    }).catch(() => { end(); take(); }); // another tab has taken it, since it heard nothing of this one
  };
  take();
  channel.postMessage("new");
  setInterval(() => {
    if (leads || document.hidden || performance.now() - heardAt < SILENT_MS) return;
    heardAt = performance.now();
    take(true);
  }, BEAT_MS);
}

/** @param {(heard: Heard) => void} hear */
function hearWhileSeen(hear) {
  let close = () => {};
  const look = () => {
    close();
    close = document.hidden ? () => {} : openStream(hear);
  };
  document.addEventListener("visibilitychange", look);
  look();
}

/**
 * @param {(heard: Heard) => void} hear
 * @returns {() => void} what closes it
 */
function openStream(hear) {
  const source = new EventSource(STREAM);
  source.addEventListener("status", (event) => hear({ name: "status", data: event.data }));
  // The server's own event of this name has data; the browser's, that it lost the server, has none.
  source.addEventListener("error", (event) => hear({ name: "error", data: event instanceof MessageEvent ? event.data : "" }));
  const close = () => source.close();
  addEventListener("pagehide", close); // a page that is being left must not report that the server is gone
  return () => { removeEventListener("pagehide", close); close(); };
}
