// @ts-check
// What is written down: who did what, and every setting with where its value comes from.

import { json } from "../common/api.js";
import { el } from "../common/dom.js";
import { moment } from "../common/format.js";
import { say } from "../common/say.js";
import { table } from "./forms.js";

/** @import { AuditOut } from "../common/schemas.js" */
/** @typedef {{ name: string, value: string, source: string, default: string, description: string }} Setting */

const PART = 100;

/**
 * Fetch a part of what was done, the newest first.
 *
 * @param {string} user only this one's, or ""
 * @param {number} before only what came before this one, or 0
 */
async function events(user, before) {
  const { events: found } = /** @type {AuditOut} */ (await json(`/audit?${new URLSearchParams({ user, before: String(before), limit: String(PART) })}`));
  return found;
}

/** @param {AuditOut["events"][number]} event */
function eventRow({ at, user, act, target, sender, means, outcome }) {
  const words = say().settings;
  return [at ? moment(at) : "", user || words.machine, words.acts[act], el("span", { text: target, dir: "auto" }),
    [sender, means].filter(Boolean).join(", "), outcome || words.done];
}

export async function audit() {
  const words = say().settings;
  const user = el("input", { type: "search", maxlength: 64, autocomplete: "off" });
  const shown = el("div", {});
  const more = el("button", { type: "button", class: "quiet", text: words.more });
  /** @type {AuditOut["events"]} */
  let all = [];
  /** @param {boolean} anew */
  const load = async (anew) => {
    const found = await events(user.value.trim(), anew ? 0 : all.at(-1)?.audit_id ?? 0);
    all = anew ? found : [...all, ...found];
    more.hidden = found.length < PART;
    shown.replaceChildren(all.length ? table(words.audit_columns, all.map(eventRow)) : el("p", { class: "aside", text: words.nothing_yet }));
  };
  more.addEventListener("click", () => load(false));
  user.addEventListener("change", () => load(true));
  await load(true);
  return [el("label", {}, words.only_user, " ", user), shown, more];
}

export async function sources() {
  const words = say().settings;
  const all = /** @type {Setting[]} */ (await json("/settings"));
  const sought = el("input", { type: "search", "aria-label": words.search_settings, placeholder: words.search_settings, maxlength: 200 });
  const shown = el("div", {});
  const show = () => {
    const text = sought.value.trim().toLowerCase();
    const found = all.filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(text));
    shown.replaceChildren(table(words.source_columns, found.map(({ name, value, source, description }) => [
      el("span", {}, el("code", { text: name }), el("br", {}), el("span", { class: "aside", text: description })), el("code", { text: value }), source || "–",
    ])));
  };
  sought.addEventListener("input", show);
  show();
  return [sought, shown];
}
