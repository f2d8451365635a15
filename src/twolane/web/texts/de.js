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
  shell: {
    parts: "Teile der Seite",
    more: "Mehr",
    lanes: "Beide Spuren",
    affected_show: "Anzeigen",
    dismiss: "Ausblenden",
    drop: "Loslassen, um sie abzulegen",
    not_here: "Dieser Teil der Seite konnte nicht geladen werden",
    reload: "Laden Sie die Seite neu",
    views: {
      ask: "Fragen",
      search: "Suche",
      files: "Dateien",
      review: "Prüfen",
      order: "Ordnen",
      categories: "Kategorien",
      correspondents: "Absender",
      lanes: "Spuren",
      settings: "Einstellungen",
    },
  },
  lanes: {
    standing: "Stand der Dinge",
  },
};
