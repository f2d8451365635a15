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
  search: {
    label: "Search in all files",
    placeholder: "Words, names, a sentence…",
    go: "Search",
    title: "Search in all files",
    hint: "What stands in your files, what it means, and what they are called. / leads here, arrows through what is found.",
    found: "What was found",
    /** @param {number} number */
    count: (number) => counted(number, { one: "1 file", other: "# files" }),
    more: "Show more",
    /** @param {number} number */
    more_of: (number) => counted(number, { one: "Show one more", other: "Show # more" }),
    /** @param {number} number */
    more_places: (number) => counted(number, { one: "and one more place", other: "and # more places" }),
    by_meaning: "by its meaning",
    by_name: "by its name",
    /** @param {number} number */
    copies: (number) => counted(number, { one: "1 copy or version", other: "# copies and versions" }),
    nothing: "Nothing was found",
    /** @param {number} number */
    without_filters: (number) => counted(number, { one: "1 file without the filters", other: "# files without the filters" }),
    tries: ["Use fewer words, or other words for the same.", "Part of a file's name is enough.", "What was not read yet is found by its name only."],
    ask: "Ask it instead",
    filters: "Filters",
    in_use: "Filters in use",
    /** @param {string} filter */
    without: (filter) => `${filter}: no longer`,
    all: "All",
    category: "Category",
    from: "From",
    no_sender: "Nobody of that name has sent anything",
    tag: "Tag",
    since: "First day",
    until: "Last day",
    kind: "Kind of file",
    language: "Language",
    folder: "Folder",
    state: "State",
    sort: "Sorted by",
    sorts: { relevance: "Relevance", newest: "Newest first", oldest: "Oldest first", name: "Name" },
    kinds: { pdf: "PDF", picture: "Picture", mail: "E-mail", word: "Word", sheet: "Excel", slides: "PowerPoint", text: "Text" },
    states: { filed: "Filed", review: "To review", waiting: "Waiting", unread: "Not read", quarantined: "Failed", skipped: "Skipped", gone: "Gone" },
    saved: "Saved searches",
    name: "Name of this search",
    keep: "Save this search",
    none_saved: "None is saved yet.",
    /** @param {string} name */
    is_kept: (name) => `${name} is saved`,
    /** @param {string} name */
    forget: (name) => `Forget ${name}`,
    /** @param {string} name */
    is_forgotten: (name) => `${name} is forgotten`,
  },
};
