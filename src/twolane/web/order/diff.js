// @ts-check
// Moves as rows of a diff: by the folder that files go to, with only what changes stressed.

import { el } from "../common/dom.js";
import { openFile } from "../common/router.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { folderOf, grouped, nameChange, nameIn, pieces } from "./paths.js";
import { moveWord } from "./words.js";

/** @import { Child } from "../common/dom.js" */
/** @import { MoveOut } from "../common/schemas.js" */
/**
 * @typedef {object} MoveRow
 * @property {MoveOut} move
 * @property {string} shared the folders that it and those around it lie within, from where they go as well
 * @property {string | null} folder the rest of the path of the folder that it goes to, null where one above says it
 */

/**
 * Return a path that breaks behind its folders; a name written from right to left leaves the others in their order.
 *
 * @param {string} path
 * @returns {Node[]}
 */
export const pathNodes = (path) => pieces(path).flatMap((piece) => [el("bdi", { text: piece }), el("wbr")]);

/** @param {string} path */
export const pathNode = (path) => el("span", { class: "path", dir: "ltr" }, ...pathNodes(path));

/**
 * Return rows for moves, which come in their order: the first of each folder says it.
 *
 * @param {MoveOut[]} moves
 * @returns {MoveRow[]}
 */
export const rowsOf = (moves) => grouped(moves).flatMap(({ shared, folder, moves: within }) => (
  within.map((move, at) => ({ move, shared, folder: at ? null : folder }))
));

/**
 * @param {MoveRow} of
 * @param {((move: MoveOut) => Child)} [act] what can be done with it
 */
export const moveRow = ({ move, shared, folder }, act) => row(move, shared, folder === null ? null : el(
  "h4", { class: "path", dir: "ltr" },
  el("span", { class: "aside" }, ...pathNodes(shared)), el("strong", {}, ...pathNodes(folder)),
), act?.(move));

/**
 * @param {MoveOut} move
 * @param {string} shared
 * @param {Child} heading
 * @param {Child} act
 */
function row(move, shared, heading, act) {
  const { source, target, file_id: id, state } = move;
  const [was, becomes] = [nameIn(source), nameIn(target)];
  const parts = was === becomes ? [becomes] : nameChange(was, becomes).map(({ text, changed }) => (
    changed ? el("strong", { text }) : text
  ));
  return el(
    "li", { data: { state } },
    heading,
    el("button", {
      type: "button", class: "link becomes", title: move.reason ? say().order.because(told(move, "reason")) : "", on: { click: () => openFile(id) },
    }, el("bdi", {}, ...parts)),
    el("span", { class: "was path", dir: "ltr" }, el("span", { class: "unseen", text: `${say().order.from} ` }), ...pathNodes(was === becomes
      ? folderOf(source).slice(shared.length) || nameIn(shared)
      : source.slice(shared.length))),
    state === "proposed" ? null : el("span", { class: "badge", data: { state }, text: moveWord(state) }),
    act,
    move.note ? el("span", { class: "note", text: told(move, "note") }) : null,
  );
}
