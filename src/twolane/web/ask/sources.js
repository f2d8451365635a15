// @ts-check
// The sources of an answer on the page: each leads to its place in its file.

import { el } from "../common/dom.js";
import { say } from "../common/say.js";
import { showSource } from "../panel/panel.js";
import { ended, isWeak, parted, placed, rests, where } from "./answer.js";

/** @import { CitationOut, SourceOut } from "../common/schemas.js" */
/** @import { Answer } from "./answer.js" */

/**
 * Return the button that stands in the text for a citation.
 *
 * @param {SourceOut} source
 * @param {CitationOut} citation
 */
export function citeButton(source, citation) {
  const weak = isWeak(citation);
  const about = [placed(source.name, source.place), weak ? say().ask.weak : ""].filter(Boolean).join(": ");
  return el("button", {
    type: "button",
    class: weak ? "cite weak" : "cite",
    text: weak ? `${source.number}?` : source.number,
    title: about,
    "aria-label": say().ask.source(source.number, about),
    on: { click: () => showSource(source, citation.spans) },
  });
}

/**
 * Return the lists of sources: while the answer is written all that were found, then those that it cites first.
 *
 * @param {Answer} answer
 * @returns {Node[]}
 */
export function sourceLists(answer) {
  const { cited, others } = parted(answer);
  if (ended(answer)) {
    return [
      ...(cited.length ? [sourceList(answer, cited, say().ask.sources)] : []),
      ...(others.length ? [looked(answer, others)] : []),
    ];
  }
  const all = answer.sources ?? [];
  if (!all.length) return [];
  const title = say().ask.found(all.length);
  return [el("p", { class: "found", text: title, "aria-hidden": "true" }), sourceList(answer, all, title)];
}

/**
 * What was looked at beside what is cited: open where there is no answer, since it is all there is to see.
 *
 * @param {Answer} answer
 * @param {SourceOut[]} others
 */
function looked(answer, others) {
  const beside = answer.citations.length ? say().ask.also : say().ask.looked;
  const title = `${answer.refused ? say().ask.nearest : beside} (${others.length})`;
  return el(
    "details",
    { class: "others", open: answer.refused || answer.stopped },
    el("summary", { text: title }),
    sourceList(answer, others, title),
  );
}

/**
 * @param {Answer} answer
 * @param {SourceOut[]} sources
 * @param {string} title
 */
function sourceList(answer, sources, title) {
  return el("ul", { class: "sources", "aria-label": title }, ...sources.map((source) => sourceItem(answer, source)));
}

/**
 * @param {Answer} answer
 * @param {SourceOut} source
 */
function sourceItem(answer, source) {
  const { spans, weak } = rests(answer, source);
  return el(
    "li",
    {},
    el(
      "button",
      {
        type: "button", class: "source", title: weak ? say().ask.weak : null, data: { key: `source ${source.number}` },
        on: { click: () => showSource(source, spans) },
      },
      el("span", { class: weak ? "cite weak" : "cite", text: source.number, "aria-hidden": "true" }),
      el("span", { class: "source-name", text: source.name }),
      el("span", { class: "source-where", text: where(source) }),
    ),
  );
}
