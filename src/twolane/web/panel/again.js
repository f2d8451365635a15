// @ts-check
// Files are read again from their originals: one from its panel, or those that are chosen in the list.

import { readAgain, shown } from "../common/api.js";
import { el, toast, toastTrouble } from "../common/dom.js";
import { say } from "../common/say.js";

/** @import { FileOut } from "../common/schemas.js" */

/** @param {() => Pick<FileOut, "file_id">[]} files */
export function againButton(files) {
  const words = say().files;
  return el("button", {
    type: "button", class: "quiet", data: { right: "correct" }, text: words.read_again, title: words.read_again_why, "aria-description": words.read_again_why,
    on: { click: async () => {
      try {
        const { queued } = await readAgain(files().map(({ file_id: id }) => id));
        toast(words.being_read(queued));
      } catch (error) {
        toastTrouble(shown(error));
      }
    } },
  });
}
