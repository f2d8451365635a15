// @ts-check
// English.

import { counted } from "./counted.js";

export const en = {
  common: {
    close: "Close",
    undo: "Undo",
    /** @param {number} number */
    files: (number) => counted(number, { one: "1 file", other: "# files" }),
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
  review: {
    search: "Search the categories",
    search_key: "Search the categories  /",
    none: "None of these",
    none_of_them: "none of the categories",
    skip: "Skip",
    back: "Back",
    accept: "Accept",
    choices: "What it may be",
    begins: "How it begins",
    text: "Text",
    show_skipped: "Show what was skipped",
    rest_skipped: "The rest was skipped",
    nothing: "Nothing to review",
    all_placed: "Every file that was read has its place.",
    /** @param {string} reason */
    because: (reason) => `Because ${reason}.`,
    /** @param {string} cause */
    in_review: (cause) => `It is in review: ${cause}.`,
    /** @type {(name: string, share: string) => string} */
    runner_up: (name, share) => `Next likely: ${name}, ${share}.`,
    /** @param {string} name */
    taken_back: (name) => `${name}: taken back`,
    /** @param {string} category */
    to_review: (category) => `${category}, to review`,
    causes: {
      unsure: "it is not sure enough",
      incomplete: "it is not sure enough, and something that could have helped did not answer",
      contradicted: "a rule or an earlier decision says otherwise",
      unlike: "it is unlike every category",
      sampled: "it is sure, and was drawn to see how often that is right",
    },
    again_title: "What filing again would change",
    again_close: "Close this list",
    again_columns: ["File", "Was", "Would be", "Certain"],
    no_change: "Nothing would change.",
    /** @param {number} number */
    affected: (number) => counted(number, {
      one: "One similar file would be filed otherwise now.", other: "# similar files would be filed otherwise now.",
    }),
    /** @type {(done: number, total: number) => string} */
    looked_at: (done, total) => `${done} of ${total} files looked at`,
    /** @param {number} number */
    and_more: (number) => counted(number, { one: "and 1 more", other: "and # more" }),
    /** @param {number} number */
    file_them: (number) => counted(number, { one: "File it so", other: "# files: file them so" }),
    /** @param {number} number */
    filed_anew: (number) => counted(number, { one: "One file was filed anew.", other: "# files were filed anew." }),
    placement: {
      /** @param {string} name */
      where: (name) => `Where ${name} was put`,
      /** @type {(category: string) => [string, string, string]} before the file, before the folder, and behind it */
      question: (category) => ["You put ", " into ", `: file it as ${category}?`],
      yes: "Yes",
      no: "No",
      no_long: "No, leave it as it is",
      /** @param {string} category */
      yes_long: (category) => `Yes, file it as ${category}`,
      /** @param {string} category */
      no_it_is: (category) => `No, it is ${category}`,
      /** @param {string} name */
      stays: (name) => `${name} stays as it is; that is not asked again`,
    },
  },
  panel: {
    /** @type {(name: string, number: number) => string} */
    picture_of: (name, number) => `Page ${number} of ${name}`,
    open_original: "Open the original",
    page_before: "Page before",
    page_after: "Page after",
    before: "← Page",
    after: "Page →",
    larger: "Larger",
    smaller: "Smaller",
    text: "Text",
    about: "About this file",
    see_pages: "See its pages",
    read_text: "Read the text",
    by_ocr: "read from a picture",
    /** @type {(number: number, pages: number) => string} */
    page_of: (number, pages) => `page ${number} of ${pages}`,
    /** @type {(number: number, pages: number) => string} */
    part_of: (number, pages) => `part ${number} of ${pages}`,
    hidden: "Text that nobody sees who opens the file; no model is given it",
    decisions: "Decisions",
    not_at_place: "This file is no longer at its place.",
    was_taken_out: "This file was taken out of the library.",
    /** @param {string} path */
    it_was: (path) => `it was ${path}`,
    no_text: "Nothing of this page could be read as text.",
    facts: {
      category: "Category", decided_by: "Decided by", why: "Why", note: "Note", read: "Read", seen: "Seen", pages: "Pages",
      type: "Type", size: "Size", added: "Added", path: "Path", owner: "Owner",
    },
    /** @type {(name: string, share: string) => string} */
    certain: (name, share) => `${name}, ${share} certain`,
    /** @param {string} share */
    of_it: (share) => `${share} of it`,
    taken_back: "taken back",
  },
};
