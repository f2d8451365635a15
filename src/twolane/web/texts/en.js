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
};
