// The strip at the top: both lanes, the queue, and what to do where something is wrong.

import { byId, el, problem } from "./dom.js";

const TITLES = { filing: "Filing", chat: "Chat" };
const OTHER_GOES_ON = {
  filing: "Questions are still answered.",
  chat: "Files are still being filed.",
};

function lane(status) {
  const word = status.ready ? "ready" : status.reachable ? "loading" : "down";
  return el(
    "div",
    { class: `lane ${status.name} ${word}`, title: `${status.runtime} ${status.url}\n${status.detail}` },
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "lane-name", text: TITLES[status.name] }),
    el("span", { class: "model", text: status.model || "rules only" }),
    el("span", { class: "word", text: word }),
  );
}

function queue(status) {
  if (!status.waiting) return el("div", { class: "queue", text: "nothing waiting" });
  return el(
    "div",
    { class: "queue busy" },
    el("span", { class: "spinner", "aria-hidden": "true" }),
    el("span", { text: `${status.waiting} waiting` }),
  );
}

function laneBanner(status, otherReady) {
  const text = `${TITLES[status.name]}: ${status.detail}`;
  const box = problem({ message: text, remedy: status.remedy });
  box.removeAttribute("role");
  if (otherReady) box.append(el("span", { class: "aside", text: OTHER_GOES_ON[status.name] }));
  return box;
}

export function showStatus(status) {
  byId("status").replaceChildren(...status.lanes.map(lane), queue(status));
  const down = status.lanes.filter((each) => !each.ready);
  const banners = down.map((each) => laneBanner(each, down.length < status.lanes.length));
  const embedder = status.embedder;
  if (!embedder.ready) {
    banners.push(problem({ message: `Search by meaning: ${embedder.detail}`, remedy: embedder.remedy }));
  }
  byId("banners").replaceChildren(...banners);
}

export function showDisconnected(error) {
  byId("banners").replaceChildren(problem(error));
}
