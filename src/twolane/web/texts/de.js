// @ts-check
// German.

import { counted } from "./counted.js";

/** @import { en } from "./en.js" */

/** @type {typeof en} */
export const de = {
  common: {
    close: "Schließen",
    undo: "Rückgängig",
    files: (number) => counted(number, { one: "1 Datei", other: "# Dateien" }),
  },
};
