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
};
