// @ts-check
// What the library runs on and keeps: models, folders, categories, backups.

import { getBackups, json, makeBackup } from "../common/api.js";
import { el, problem } from "../common/dom.js";
import { moment, numeral, size } from "../common/format.js";
import { say } from "../common/say.js";
import { standing } from "../common/standing.js";
import { told } from "../common/told.js";
import { backupRows, folderRow, wordOf } from "../lanes/words.js";
import { doing, table } from "./forms.js";

/** @import { FoldersOut } from "../common/schemas.js" */

export async function models() {
  const words = say();
  const status = standing();
  if (!status) return [el("p", { class: "aside", text: words.settings.nothing_yet })];
  const { lanes, embedder, settings } = status.snapshot;
  return [
    table(words.settings.model_columns, [
      ...lanes.map(({ name, model, runtime, url, health, size_bytes: bytes }) => [
        words.lanes.names[name], el("strong", { text: model || words.lanes.rules_only }), `${runtime} ${url}`,
        `${wordOf(health)}: ${told(health, "detail")}`, [bytes ? size(bytes) : "", health.loaded ? words.lanes.in_memory : ""].filter(Boolean).join(", "),
      ]),
      [words.lanes.embedder, "", "", `${wordOf(embedder)}: ${told(embedder, "detail")}`, ""],
    ]),
    el("p", { class: "aside", text: words.settings.models_how }),
    el("p", { class: "aside", text: settings ? words.settings.settings_file(settings) : words.settings.no_settings_file }),
  ];
}

export async function folders() {
  const words = say();
  const { folders: all } = /** @type {FoldersOut} */ (await json("/folders"));
  const now = Date.now() / 1000;
  return [
    all.length ? table(words.lanes.folders_columns, all.map((folder) => folderRow(folder, now))) : el("p", { text: words.settings.no_folder }),
    el("p", { class: "aside" }, words.settings.folders_how, " ", el("code", { text: "twolane watch FOLDER" })),
  ];
}

export async function taxonomy() {
  const words = say().settings;
  return [el("p", { text: words.taxonomy_how }), el("p", {}, el("a", { class: "button", href: "#/categories", text: words.to_taxonomy }))];
}

/** @param {() => Promise<void>} again */
export async function backups(again) {
  const words = say();
  const found = await getBackups();
  const standing = backupRows(found, Date.now() / 1000).map(([name, text]) => el("li", {}, el("strong", { text: name }), text));
  const now = el("button", { type: "button", class: "main", text: words.lanes.backup_now, data: { key: "backup" }, on: { click: async () => {
    now.disabled = true;
    now.textContent = words.lanes.backing_up;
    await doing(words.lanes.backed_up, makeBackup, again);
  } } });
  return [
    found.failure ? problem({ message: told(found, "failure"), remedy: told(found, "remedy") }) : null,
    el("ul", { class: "settings-rows" }, ...standing),
    found.folder === null ? null : now,
    found.backups.length ? table(words.settings.backup_columns, found.backups.map((one) => [
      moment(one.made_at * 1000), size(one.size_bytes), numeral(one.documents),
      el("span", { dir: "auto", text: one.fault ? `${one.path}: ${told(one, "fault")}` : one.path }),
    ])) : null,
  ];
}
