// @ts-check
// Putting a text where a person can paste it from.

import { el, toast } from "./dom.js";
import { say } from "./say.js";

/**
 * @param {string} text
 * @param {string} done what is said then
 */
export async function copy(text, done) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page that came over plain HTTP from another machine has no clipboard, or may not write to it.
    if (!copiedByCommand(text)) {
      toast(say().common.no_clipboard, true);
      return;
    }
  }
  toast(done);
}

/** @param {string} text */
function copiedByCommand(text) {
  const focused = document.activeElement;
  const field = el("textarea", { class: "unseen", "aria-hidden": "true" });
  field.value = text;
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
