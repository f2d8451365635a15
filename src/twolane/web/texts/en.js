// @ts-check
// English.

import { counted } from "./counted.js";

export const en = {
  common: {
    close: "Close",
    undo: "Undo",
    /** @param {number} number */
    files: (number) => counted(number, { one: "1 file", other: "# files" }),
    sizes: ["bytes", "KiB", "MiB", "GiB"],
    /** @type {(number: number) => string} */
    documents: (number) => counted(number, { one: "1 document", other: "# documents" }),
    none_of_these: "None of these",
    /** @type {(id: number) => string} */
    correspondent: (id) => `correspondent ${id}`,
    cancel: "Cancel",
    save: "Save",
    undo_last: "Undo last change",
    unreachable: "twolane does not answer",
    start_again: "start it again with: twolane serve",
    /** @type {(status: number) => string} */
    answered: (status) => `the server answered ${status}`,
    broke_off: "the answer broke off",
    ask_again: "ask again",
    gone_moving: "twolane has gone while files were being moved",
    finish_or_undo: "start it again, then finish the plan or undo it",
    /** @type {(name: string) => string} */
    not_sent: (name) => `${name} could not be sent`,
    does_it_run: "look whether twolane runs",
    no_clipboard: "The browser lets nothing be copied here",
  },
  shell: {
    parts: "Parts of the page",
    more: "More",
    lanes: "Both lanes",
    affected_show: "Show them",
    dismiss: "Dismiss",
    drop: "Drop to file them",
    not_here: "This part of the page did not come",
    reload: "load the page again",
    views: {
      ask: "Ask",
      search: "Search",
      files: "Files",
      review: "Review",
      order: "Order",
      categories: "Categories",
      correspondents: "Correspondents",
      lanes: "Lanes",
      settings: "Settings",
    },
  },
  lanes: {
    standing: "How all stands",
  },
  correspondents: {
    search: "Search the correspondents",
    merge_marked: "Merge those that are marked",
    merge_into: "Merge them into",
    merge: "Merge",
    mark_none: "Mark none",
    alike: "Which may be the same",
    none: "No correspondent",
    where_from: "Who sent or issued a document is read out of it when it is filed.",
    /** @type {(name: string) => string} */
    merge_one: (name) => `Merge ${name}`,
    rename: "Rename",
    /** @type {(name: string) => string} */
    rename_one: (name) => `Rename ${name}`,
    /** @type {(name: string) => string} */
    spellings: (name) => `Other spellings of ${name}`,
    somebody_else: "This is somebody else",
    /** @type {(name: string, other: string) => string} */
    else_than: (name, other) => `${name} is somebody else than ${other}`,
    /** @type {(name: string) => string} */
    of_its_own: (name) => `${name} is a correspondent of its own`,
    /** @type {(name: string) => string} */
    new_name: (name) => `New name of ${name}`,
    /** @type {(name: string, now: string) => string} */
    renamed: (name, now) => `${name} is now called ${now}`,
    nobody_twice: "Nobody seems to be here twice.",
    and: "and",
    are_one: "They are one",
    /** @type {(one: string, other: string) => string} */
    are_one_named: (one, other) => `They are one: ${one} and ${other}`,
    /** @type {(other: string, one: string) => string} */
    is_other: (other, one) => `${other} is ${one}`,
    taken_back: "The last change was taken back",
    nothing_back: "there is nothing to take back",
    /** @type {(number: number, name: string) => string} */
    now_one: (number, name) => `${counted(number, { one: "# is", other: "# are" })} now one: ${name}`,
  },
  categories: {
    add: "Add a category",
    better: "What could be better",
    save_file: "Save as a file",
    take_file: "Take a file over…",
    file: "Taxonomy file",
    /** @type {(documents: string, within: number) => string} */
    with_below: (documents, within) => `${documents}, ${within} with those below`,
    change: "Change",
    /** @type {(name: string) => string} */
    change_one: (name) => `Change ${name}`,
    see: "See what changes…",
    wherever: "wherever it fits",
    undo_into: "What people have put into what was new goes to",
    acts: {
      add: "Add one below",
      rename: "Rename",
      move: "Move",
      merge: "Merge into",
      split: "Split",
      remove: "Remove",
    },
    name: "Name",
    belongs: "What belongs there",
    below: "Below",
    at_top: "nothing: at the top",
    into: "Into",
    parts: "Its parts, one a line, each with what belongs there behind a colon",
    goes_to: "What is in it goes to",
    would_change: "What this would change",
    change_nothing: "Change nothing",
    do_it: "Do it",
    /** @type {(number: number, from: string, to: string, people: number) => string} */
    go: (number, from, to, people) => `${counted(number, { one: "One document goes", other: "# documents go" })} from ${from} to ${to}${people ? `, ${people} of them put there by people` : ""}.`,
    /** @type {(number: number) => string} */
    refiled: (number) => counted(number, { one: "One document is filed again.", other: "# documents are filed again." }),
    /** @type {(number: number) => string} */
    staying: (number) => counted(number, { one: "One document stays where people have put it, and is proposed a place in review.", other: "# documents stay where people have put them, and are proposed a place in review." }),
    nothing_else: "No document is filed otherwise.",
    columns: ["File", "Was", "Would be", "Certain"],
    /** @type {(looked: number) => string} */
    of_looked: (looked) => `Of ${looked} that were looked at:`,
    /** @type {(documents: string, files: string, words: string) => string} */
    like: (documents, files, words) => `${documents} like ${files}; ${words}`,
    add_more: "Add…",
    /** @type {(name: string) => string} */
    add_one: (name) => `Add ${name}`,
    /** @type {(one: string, other: string) => string} */
    pair: (one, other) => `${one} and ${other}`,
    merge_more: "Merge…",
    /** @type {(other: string, one: string) => string} */
    merge_one: (other, one) => `Merge ${other} into ${one}`,
    looking: "Looking…",
    all_well: "Nothing is lacking, and all that there are can be told apart.",
  },
};
