// @ts-check
// The settings: what each person may change, and what only those may who manage the library.

import { shown } from "../common/api.js";
import { box, el, problem, replace } from "../common/dom.js";
import { NO_FILTERS, addressOf } from "../common/places.js";
import { onPlace, place } from "../common/router.js";
import { say } from "../common/say.js";
import { may } from "../common/session.js";
import { backups, folders, models, taxonomy } from "./library.js";
import { groups, shares, users } from "./people.js";
import { audit, sources } from "./records.js";
import { tokens } from "./tokens.js";
import { you } from "./you.js";

/** @typedef {keyof ReturnType<typeof say>["settings"]["parts"]} Part */
/** @typedef {(again: () => Promise<void>) => Promise<(Node | null)[]>} Build */

/** @type {Partial<Record<Part, Build>>} */
const BUILD = { you, models, folders, taxonomy, users, groups, shares, tokens, audit, backups, sources };
let now = "";

/** @returns {Part[]} those that are there for who looks at the page */
const parts = () => /** @type {Part[]} */ (Object.keys(BUILD)).filter((part) => part === "you" || may("admin"));

/** @param {Part} part */
function link(part) {
  const address = addressOf({ view: "settings", filters: NO_FILTERS, file: null, page: null, part });
  return el("a", { href: address, text: say().settings.parts[part], "aria-current": part === here() ? "page" : undefined, data: { key: part } });
}

/** @returns {Part} */
const here = () => parts().find((part) => part === place().part) ?? "you";

async function show() {
  const part = here();
  const tabs = box("settings-parts");
  replace(tabs, parts().map(link));
  const title = el("h3", { text: say().settings.parts[part] });
  const body = box("settings-body");
  body.ariaBusy = "true";  // it shows the part before until this one is there
  try {
    const built = await BUILD[part]?.(show) ?? [];
    if (part !== here()) return;
    replace(body, [title, ...built.filter((node) => node !== null)]);
  } catch (error) {
    if (part === here()) replace(body, [title, problem(shown(error))]);
  }
  body.ariaBusy = "false";
  // Not before: the view that is asked for first is not seen until it is there.
  tabs.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

export function startSettings() {
  onPlace(({ view, part }) => {
    const wanted = view === "settings" ? `settings ${part}` : "";
    if (wanted && wanted !== now) show();
    now = wanted;
  });
}
