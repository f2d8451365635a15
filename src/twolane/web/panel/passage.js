// @ts-check
// Where a passage stands in the text of its page.

/**
 * Split a text at a passage, where runs of blanks may differ; null where the passage is not in it.
 *
 * @param {string} text
 * @param {string} passage
 * @returns {[string, string, string] | null} what is before it, the passage as the text has it, and what follows
 */
export function locate(text, passage) {
  const words = passage.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const found = words[0] ? new RegExp(words.join("\\s+")).exec(text) : null;
  if (!found) return null;
  const end = found.index + found[0].length;
  return [text.slice(0, found.index), found[0], text.slice(end)];
}
