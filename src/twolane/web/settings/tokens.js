// @ts-check
// Keys by which programs come in: made, listed and revoked; a secret is shown this once.

import { getUsers, json, sending } from "../common/api.js";
import { copy } from "../common/copy.js";
import { el } from "../common/dom.js";
import { dayOf, moment } from "../common/format.js";
import { say } from "../common/say.js";
import { doing, folded, form, row, rows } from "./forms.js";

/** @import { MadeTokenOut, TokenOut } from "../common/schemas.js" */

/** What was just made: it outlives that the part is shown anew, and no more. */
let secret = "";

/** @param {() => Promise<void>} again */
export async function tokens(again) {
  const words = say().settings;
  const [all, people] = await Promise.all([/** @type {Promise<TokenOut[]>} */ (json("/tokens")), getUsers()]);
  const making = form(words.make_token, [
    { name: "name", label: words.name, kind: "text", required: true },
    { name: "rights", label: words.rights, kind: "several", options: Object.entries(words.right_names).map(([id, name]) => ({ id, name })) },
    { name: "user", label: words.for_user, kind: "choice", options: [{ id: "", name: words.nobody }, ...people.map(({ name }) => ({ id: name, name }))] },
    { name: "last_day", label: words.last_day, kind: "date" },
  ], async ({ name = "", user = "", last_day: lastDay = "", several }) => {
    const made = /** @type {MadeTokenOut} */ (await json("/tokens", sending("POST", {
      name, user, rights: several["rights"] ?? [], last_day: lastDay || null,
    })));
    secret = made.secret;
    await again();
  });
  const shown = secret ? [secretShown(secret)] : [];
  secret = "";
  return [...shown, rows(all.map((token) => tokenRow(token, again)), words.no_tokens), folded(words.make_token, making)];
}

/** @param {string} value */
function secretShown(value) {
  const words = say().settings;
  const input = el("input", { type: "text", value, readonly: true, "aria-label": words.secret, dir: "ltr" });
  return el(
    "section", { role: "status" }, el("p", { text: words.secret }),
    el("div", { class: "settings-secret" }, input, el("button", {
      type: "button", class: "main", text: words.copy, on: { click: () => copy(value, words.copied) },
    })),
  );
}

/**
 * @param {TokenOut} token
 * @param {() => Promise<void>} again
 */
function tokenRow({ name, rights, ends_at: ends, used_at: used, revoked_at: revoked }, again) {
  const words = say().settings;
  const about = [
    rights.map((right) => words.right_names[right]).join(", "),
    ends ? words.until(dayOf(ends.slice(0, 10))) : "", used ? words.used(moment(used)) : words.unused, revoked ? words.revoked : "",
  ].filter(Boolean).join(" · ");
  const revoke = () => doing(`${name}: ${words.revoked}`, () => json(`/tokens/${encodeURIComponent(name)}/revoke`, { method: "POST" }), again);
  // What is revoked stays so: it is asked for twice, by the same button.
  const item = row(name, about, revoked ? [] : [{ text: words.revoke, run: () => {
    const button = item.querySelector("button");
    if (button?.textContent === words.really_revoke) revoke();
    else if (button) button.textContent = words.really_revoke;
  } }]);
  return item;
}
