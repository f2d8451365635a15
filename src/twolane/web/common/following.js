// @ts-check
// One stream of the server's events for all tabs of a browser, which opens no more than six connections to a server.

const STREAM = "/api/v1/events";
const NAME = "twolane-events";
const BEAT_MS = 5_000;
const SILENT_MS = 20_000; // a browser may put the tab that has the stream to sleep
/** What a proxy refuses, as while a server starts again, browsers do not try again by themselves: so long it is waited before each try. */
const TRIES_MS = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

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
  /** @type {Stream | null} */
  let stream = null;
  /** @type {Heard | null} */
  let last = null;
  channel.onmessage = ({ data }) => {
    heardAt = performance.now();
    if (data === "new") {
      if (leads && last) channel.postMessage(last);
    } else if (data === "again") {
      if (leads) stream?.open();
    } else if (data !== "beat" && !leads) hear(data);
  };
  const lead = () => {
    leads = true;
    const mine = stream = new Stream((heard) => {
      last = heard;
      channel.postMessage(heard);
      hear(heard);
    });
    const beat = setInterval(() => channel.postMessage("beat"), BEAT_MS);
    return () => { leads = false; clearInterval(beat); mine.close(); };
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
  onReturn(() => {
    if (leads) stream?.open();
    else channel.postMessage("again");
  });
  setInterval(() => {
    if (leads || document.hidden || performance.now() - heardAt < SILENT_MS) return;
    heardAt = performance.now();
    take(true);
  }, BEAT_MS);
}

/** @param {(heard: Heard) => void} hear */
function hearWhileSeen(hear) {
  /** @type {Stream | null} */
  let stream = null;
  const look = () => {
    stream?.close();
    stream = document.hidden ? null : new Stream(hear);
  };
  document.addEventListener("visibilitychange", look);
  onReturn(() => stream?.open());
  look();
}

/**
 * Run once somebody comes back to the page after a while, as when a laptop wakes, or the network is there again: what
 * was open then may be dead, and nobody has said so.
 *
 * @param {() => void} run
 */
function onReturn(run) {
  let lookedAt = Date.now(); // which goes on while the machine sleeps
  const look = () => {
    if (document.hidden) return;
    const isBack = Date.now() - lookedAt > SILENT_MS;
    lookedAt = Date.now();
    if (isBack) run();
  };
  setInterval(look, BEAT_MS);
  document.addEventListener("visibilitychange", look);
  addEventListener("online", run);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) run(); });
}

/** The server's events, opened again whatever has ended them, until it is closed. */
class Stream {
  #hear;
  /** @type {EventSource | null} */
  #source = null;
  #timer = 0;
  #tries = 0;
  #leave = () => this.#source?.close(); // a page that is being left must not report that the server is gone

  /** @param {(heard: Heard) => void} hear */
  constructor(hear) {
    this.#hear = hear;
    addEventListener("pagehide", this.#leave);
    this.open();
  }

  /** Open it, or open it anew. */
  open() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = this.#source = new EventSource(STREAM);
    source.addEventListener("status", (event) => {
      this.#tries = 0;
      this.#hear({ name: "status", data: event.data });
    });
    // The server's own event of this name has data; the browser's, that it lost the server, has none.
    source.addEventListener("error", (event) => {
      this.#hear({ name: "error", data: event instanceof MessageEvent ? event.data : "" });
      if (source.readyState === EventSource.CLOSED) this.#openLater();
    });
  }

  close() {
    clearTimeout(this.#timer);
    removeEventListener("pagehide", this.#leave);
    this.#source?.close();
  }

  #openLater() {
    const waitMs = TRIES_MS[Math.min(this.#tries, TRIES_MS.length - 1)] ?? 0;
    this.#tries += 1;
    this.#timer = Number(setTimeout(() => this.open(), waitMs * (0.5 + Math.random() / 2))); // not all pages at one moment
  }
}
