// @ts-check
// What became of files that another program of this device has shared with the page: the server says it in the address.

import { toast } from "../common/dom.js";
import { say } from "../common/say.js";

/**
 * Return what an address says of shared files, "" where it says nothing.
 *
 * @param {string} search such as "?new=2&known=1&refused=0"
 */
export function told(search) {
  const asked = new URLSearchParams(search);
  const [added = 0, known = 0, refused = 0] = ["new", "known", "refused"].map((name) => {
    const number = asked.get(name) ?? "";
    return /^\d{1,4}$/.test(number) ? Number(number) : 0;
  });
  return [
    added && say().files.being_filed(added),
    known && say().files.known(known),
    refused && say().files.refused(refused),
  ].filter(Boolean).join(". ");
}

export function startShared() {
  const { search, pathname, hash } = location;
  const text = told(search);
  if (!text) return;
  history.replaceState(null, "", `${pathname}${hash}`);  // or it would be told again after a reload
  toast(text, /[?&]refused=[1-9]/.test(search));
}
