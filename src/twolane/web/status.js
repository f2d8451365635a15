// The strip at the top: both lanes, the queue, and what to do where something is wrong.

import { byId, el, problem } from "./dom.js";

const TITLES = { filing: "Filing", chat: "Chat" };
const OTHER_GOES_ON = {
  filing: "Questions are still answered.",
  chat: "Files are still being filed.",
};

function lane({ name, model, runtime, url, health }) {
  const word = health.ready ? "ready" : health.reachable ? "loading" : "down";
  return el(
    "div",
    { class: `lane ${name} ${word}`, title: `${runtime} ${url}\n${health.detail}` },
    el("span", { class: "dot", "aria-hidden": "true" }),
    el("span", { class: "lane-name", text: TITLES[name] }),
    el("span", { class: "model", text: model || "rules only" }),
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

function laneBanner({ name, health }, otherReady) {
  const text = `${TITLES[name]}: ${health.detail}`;
  const box = problem({ message: text, remedy: health.remedy });
  box.removeAttribute("role");
  if (otherReady) box.append(el("span", { class: "aside", text: OTHER_GOES_ON[name] }));
  return box;
}

export function showStatus(status) {
  const { lanes, embedder } = status.snapshot;
  byId("status").replaceChildren(...lanes.map(lane), queue(status));
  const down = lanes.filter((each) => !each.health.ready);
  const banners = down.map((each) => laneBanner(each, down.length < lanes.length));
  if (!embedder.ready) {
    banners.push(problem({ message: `Search by meaning: ${embedder.detail}`, remedy: embedder.remedy }));
  }
  byId("banners").replaceChildren(...banners);
}

export function showDisconnected(error) {
  byId("banners").replaceChildren(problem(error));
}
