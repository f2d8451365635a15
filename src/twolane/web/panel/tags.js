// @ts-check
// The tags of a document on the panel: taken away by one key, added by typing.

import { addTag, removeTag, shown } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, problem } from "../common/dom.js";
import { say } from "../common/say.js";
import { loadSenders } from "../common/senders.js";
import { tagsIn } from "./values.js";

/** @import { FileHistoryOut } from "../common/schemas.js" */
/** @import { Again } from "./fields.js" */

/**
 * @param {FileHistoryOut} file
 * @param {Again} again
 */
export function tagSection(file, again) {
  const there = file.tags;
  const section = el("section", { class: "tags", "aria-label": say().panel.tags });
  /** @param {() => Promise<unknown>} what */
  const doing = async (what) => {
    try {
      await what();
    } catch (error) {
      section.append(problem(shown(error)));
      return;
    }
    changed();
    await again("#new-tag");
  };
  const chips = there.map((tag) => el(
    "li", { class: "tag" }, tag,
    el("button", {
      type: "button", data: { right: "correct" }, text: "✕", "aria-label": say().panel.take_tag(tag),
      on: { click: () => doing(() => removeTag(file.file_id, tag)) },
    }),
  ));
  const input = el("input", {
    type: "text", id: "new-tag", maxlength: 100, placeholder: say().panel.add_tag, "aria-label": say().panel.add_tag, autocomplete: "off",
    list: "panel-tags", on: { focus: () => proposeInto(section) },
  });
  const form = el(
    "form", { class: "edit", data: { right: "correct" }, on: { submit: (event) => {
      event.preventDefault();
      doing(async () => {
        for (const tag of tagsIn(input.value, there)) await addTag(file.file_id, tag);
      });
    } } },
    input, el("button", { type: "submit", class: "quiet small", text: say().panel.add }),
  );
  section.append(el("ul", { hidden: !chips.length }, ...chips), form);
  return section;
}

/** @param {HTMLElement} section */
async function proposeInto(section) {
  if (section.querySelector("datalist")) return;
  const list = el("datalist", { id: "panel-tags" });
  section.append(list);
  const { tags } = await loadSenders();
  list.append(...tags.map((tag) => el("option", { value: tag })));
}
