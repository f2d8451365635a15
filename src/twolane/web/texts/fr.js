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
  shell: {
    parts: "Parties de la page",
    more: "Plus",
    lanes: "Les deux voies",
    affected_show: "Les afficher",
    dismiss: "Masquer",
    drop: "Déposez pour les classer",
    not_here: "Cette partie de la page n’a pas pu être chargée",
    reload: "rechargez la page",
    views: {
      ask: "Question",
      search: "Recherche",
      files: "Fichiers",
      review: "À vérifier",
      order: "Rangement",
      categories: "Catégories",
      correspondents: "Correspondants",
      lanes: "Voies",
      settings: "Réglages",
    },
  },
  lanes: {
    standing: "État général",
  },
};
