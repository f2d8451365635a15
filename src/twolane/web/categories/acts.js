// @ts-check
// What can be done to a category, without a browser: what each asks for, and what is sent of it.

import { placesFor } from "../common/tree.js";
import { say } from "../common/say.js";

/** @import { Place } from "../common/tree.js" */
/** @typedef {"add" | "rename" | "move" | "merge" | "split" | "remove"} Act */
/**
 * @typedef {object} Asked one thing that a person fills in
 * @property {string} name
 * @property {string} label
 * @property {"text" | "lines" | "category"} kind
 * @property {string} value what stands there at first
 * @property {boolean} required
 * @property {{ id: string, name: string }[]} options the categories that can be chosen; "" stands for none
 */

/**
 * Return what an act asks for.
 *
 * @param {Act} act
 * @param {readonly (Place & { description: string, documents: number })[]} categories
 * @param {string} id of the category that it is done to, "" where a new one comes to the top
 * @param {(id: string) => string} pathOf
 * @returns {Asked[]}
 */
export function askedFor(act, categories, id, pathOf) {
  const category = categories.find((each) => each.id === id);
  /** @type {(all: readonly Place[], none: string) => { id: string, name: string }[]} */
  const options = (all, none) => [
    ...(none ? [{ id: "", name: none }] : []), ...all.map((each) => ({ id: each.id, name: pathOf(each.id) })),
  ];
  /** @type {(name: string, label: string, more?: Partial<Asked>) => Asked} */
  const asked = (name, label, more = {}) => ({ name, label, kind: "text", value: "", required: true, options: [], ...more });
  const others = categories.filter((each) => each.id !== id);
  switch (act) {
    case "add": return [
      asked("name", say().categories.name),
      asked("description", say().categories.belongs, { required: false }),
    ];
    case "rename": return [
      asked("name", say().categories.name, { value: category?.name ?? "" }),
      asked("description", say().categories.belongs, { value: category?.description ?? "", required: false }),
    ];
    case "move": return [asked("parent", say().categories.below, {
      kind: "category", value: category?.parent ?? "", required: false, options: options(placesFor(categories, id), say().categories.at_top),
    })];
    case "merge": return [asked("into", say().categories.into, { kind: "category", options: options(others, "") })];
    case "split": return [asked("parts", say().categories.parts, { kind: "lines" })];
    case "remove": return [asked("into", say().categories.goes_to, {
      kind: "category", value: category?.parent ?? "", required: false, options: options(others, say().categories.wherever),
    })];
  }
}

/**
 * Return what is sent for an act.
 *
 * @param {Act} act
 * @param {string} id
 * @param {Record<string, string>} given what a person filled in, by name
 */
export function sentOf(act, id, given) {
  /** @param {string} name */
  const text = (name) => (given[name] ?? "").trim();
  switch (act) {
    case "add": return { name: text("name"), description: text("description"), parent: id };
    case "rename": return { category: id, name: text("name"), description: text("description") };
    case "move": return { category: id, parent: text("parent") };
    case "merge": return { into: text("into"), others: [id] };
    case "split": return { category: id, parts: linesOf(text("parts")) };
    case "remove": return { category: id, into: text("into") };
  }
}

/** @param {string} text */
const linesOf = (text) => text.split("\n").map((line) => line.trim().replace("：", ":")).filter(Boolean);
