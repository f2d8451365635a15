// @ts-check
// The full question that was searched for, where the one that was asked leans on the conversation.

import { el } from "../common/dom.js";
import { say } from "../common/say.js";

/** @import { Answer } from "./answer.js" */

/**
 * @param {Answer} answer
 * @returns {Node[]}
 */
export const searched = ({ question }) => (question
  ? [el("p", { class: "full-question" }, say().ask.searched_for, el("q", { text: question }))]
  : []);
