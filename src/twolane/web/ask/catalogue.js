// @ts-check
// An answer from the catalogue: the files that it counts, each opened by a click, and what they add up to.

import { el } from "../common/dom.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { about } from "./counted.js";

/** @import { CatalogueOut, CatalogueRowOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */

/**
 * @param {Answer} answer
 * @returns {Node[]}
 */
export function catalogueTable({ catalogue }) {
  if (!catalogue?.rows.length) return [];
  const withAmounts = catalogue.rows.some(({ amount }) => amount);
  const head = (withAmounts ? [say().ask.file, say().ask.amount] : [say().ask.file]).map((title) => el("th", { scope: "col", text: title }));
  return [el(
    "div", { class: "counted", role: "group", tabindex: 0, "aria-label": say().ask.catalogue },
    el(
      "table", {},
      el("thead", {}, el("tr", {}, ...head)),
      el("tbody", {}, ...catalogue.rows.map((row) => rowOf(row, withAmounts))),
      totals(catalogue),
    ),
  )];
}

/**
 * @param {CatalogueRowOut} row
 * @param {boolean} withAmounts
 */
function rowOf(row, withAmounts) {
  const open = el("button", {
    type: "button", class: "link", text: row.name, title: row.title || null, data: { key: `row-${row.file_id}` },
    on: { click: () => openFile(row.file_id, { page: row.page || null }) },
  });
  const more = about(row);
  return el(
    "tr", {},
    el("th", { scope: "row" }, open, more && el("span", { class: "about", text: more })),
    withAmounts && el("td", { text: row.amount }),
  );
}

/** @param {CatalogueOut} catalogue */
function totals({ intent, totals: sums }) {
  if (!sums.length) return null;
  const title = intent === "average" ? say().ask.on_average : say().ask.added_up;
  return el("tfoot", {}, el("tr", {}, el("th", { scope: "row", text: title }), el("td", { text: sums.map((sum) => sum.replaceAll(" ", "\u00a0")).join(" + ") })));
}
