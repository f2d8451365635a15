// @ts-check
// What was found on the page: each file with its places, every one of which opens where it stands.

import { nameOf } from "../common/categories.js";
import { el } from "../common/dom.js";
import { smallPicture } from "../common/paper.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { partsOf, snippet } from "./hits.js";

/** @import { FoundFileOut, FoundPlaceOut } from "../common/schemas.js" */
/** @import { Part } from "./hits.js" */

/** @param {Part[]} parts */
const marked = (parts) => parts.map((part) => (part.marked ? el("mark", { text: part.text }) : part.text));

/** @param {FoundFileOut} found */
export function resultRow(found) {
  const { file, places, place_count: count, name_marks: nameMarks, title_marks: titleMarks } = found;
  const id = file.file_id;
  const first = places[0];
  const name = el(
    "button", { type: "button", class: "link result-name", data: { key: `file ${id}` }, on: { click: () => (first ? open(id, first) : openFile(id)) } },
    ...marked(partsOf(file.name, nameMarks)),
  );
  const more = count - places.length;
  return el(
    "li", { class: "result" },
    el(
      "div", { class: "result-head" },
      smallPicture(file),
      el(
        "div", {},
        el("h3", { dir: "auto" }, name),
        Boolean(file.title) && file.title !== file.name && el("p", { class: "result-title", dir: "auto" }, ...marked(partsOf(file.title, titleMarks))),
        about(found),
      ),
    ),
    places.length > 0 && el("ul", { class: "places" }, ...places.map((place, at) => placeItem(id, place, at))),
    more > 0 && el("p", { class: "aside more-places", text: say().search.more_places(more) }),
  );
}

/** @param {FoundFileOut} found */
function about({ file, places }) {
  const words = say().search;
  const { classification, dated_at: day, correspondent, state, copies } = file;
  const known = [
    classification && nameOf(classification.category),
    day && new Date(`${day}T00:00:00`).toLocaleDateString(document.documentElement.lang, { dateStyle: "medium" }),
    correspondent?.name,
    state !== "filed" && words.states[state],
    copies > 0 && words.copies(copies),
    !places.length && words.by_name,
  ];
  return el("p", { class: "result-about" }, ...known.flatMap((each) => (each ? [el("span", { text: each })] : [])));
}

/**
 * @param {number} id
 * @param {FoundPlaceOut} place
 * @param {number} at
 */
function placeItem(id, place, at) {
  const where = [place.place, place.heading && !place.place.includes(place.heading) ? place.heading : "", place.marks.length ? "" : say().search.by_meaning];
  return el("li", {}, el(
    "button", { type: "button", class: "place", dir: "auto", data: { key: `place ${id} ${at}` }, on: { click: () => open(id, place) } },
    where.some(Boolean) && el("span", { class: "place-where", text: where.filter(Boolean).join(" · ") }),
    el("span", { class: "place-text" }, ...marked(snippet(place))),
  ));
}

/**
 * @param {number} id
 * @param {FoundPlaceOut} place
 */
function open(id, { page, text, heading, marks }) {
  openFile(id, { page, passage: { text, heading, spans: marks.map(({ start, end }) => [start, end]) } });
}
