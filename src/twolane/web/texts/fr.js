// @ts-check
// French.

import { counted } from "./counted.js";

/** @import { en } from "./en.js" */

/** @type {typeof en} */
export const fr = {
  common: {
    close: "Fermer",
    undo: "Annuler",
    files: (number) => counted(number, { one: "1 fichier", other: "# fichiers" }),
  },
};
