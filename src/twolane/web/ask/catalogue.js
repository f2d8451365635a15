// @ts-check
// An answer from the catalogue: the files that it counts, each opened by a click, and what they add up to.

import { el } from "../common/dom.js";
import { openFile } from "../common/router.js";
import { columns } from "./counted.js";

/** @import { CatalogueOut, CatalogueRowOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */
/** @import { Column } from "./counted.js" */

/**
 * @param {Answer} answer
 * @returns {Node[]}
 */
export function catalogueTable({ catalogue }) {
  if (!catalogue?.rows.length) return [];
  const shown = columns(catalogue.rows);
  const head = ["File", ...shown.map(({ title }) => title)].map((title) => el("th", { scope: "col", text: title }));
  return [el(
    "div", { class: "counted", role: "region", tabindex: 0, "aria-label": "Files of the catalogue" },
    el(
      "table", {},
      el("thead", {}, el("tr", {}, ...head)),
      el("tbody", {}, ...catalogue.rows.map((row) => rowOf(row, shown))),
      totals(catalogue, shown),
    ),
  )];
}

/**
 * @param {CatalogueRowOut} row
 * @param {Column[]} shown
 */
function rowOf(row, shown) {
  const open = el("button", {
    type: "button", class: "link", text: row.name, title: row.title || null, data: { key: `row-${row.file_id}` },
    on: { click: () => openFile(row.file_id, { page: row.page || null }) },
  });
  const doubt = row.review && el("span", { class: "count", text: "not confirmed" });
  return el("tr", {}, el("th", { scope: "row" }, open, doubt), ...shown.map((column) => el("td", { text: column.of(row) })));
}

/**
 * @param {CatalogueOut} catalogue
 * @param {Column[]} shown
 */
function totals({ intent, totals: sums }, shown) {
  if (!sums.length) return null;
  const title = intent === "average" ? "On average" : "Added up";
  return el(
    "tfoot", {},
    el("tr", {}, el("th", { scope: "row", text: title }), el("td", { colspan: Math.max(1, shown.length), text: sums.join(" + ") })),
  );
}
