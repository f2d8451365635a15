// @ts-check
// The fields of a document on the panel: each with its words and where it comes from, and changed in its place.

import { correctField, getFields, shown, undoField } from "../common/api.js";
import { changed } from "../common/changes.js";
import { el, problem, toast } from "../common/dom.js";
import { go, openFile } from "../common/router.js";
import { NO_FILTERS } from "../common/places.js";
import { say } from "../common/say.js";
import { loadSenders } from "../common/senders.js";
import { fieldName } from "../common/shipped.js";
import { shownOf, unknown } from "./values.js";

/** @import { FileHistoryOut } from "../common/schemas.js" */
/** @import { Shown } from "./values.js" */
/** @typedef {(focus: string) => Promise<void>} Again shows the file anew, with the focus on what a selector finds */

/**
 * @param {FileHistoryOut} file
 * @param {Again} again
 */
export function fieldSection(file, again) {
  const rows = file.fields.map(shownOf).flatMap((row) => {
    const value = el("dd", { data: { field: row.field } });
    value.append(...reading(row, value, file, again));
    return [el("dt", { text: row.name }), value];
  });
  const list = el("dl", {}, ...rows);
  return el("section", { class: "fields", "aria-label": say().panel.states_it }, list, another(list, file, again));
}

/**
 * Return the button that offers the fields which nobody asks for in such documents.
 *
 * @param {HTMLElement} list
 * @param {FileHistoryOut} file
 * @param {Again} again
 */
function another(list, file, again) {
  const button = el("button", { type: "button", class: "quiet small", data: { right: "correct" }, text: say().panel.another_field });
  button.addEventListener("click", async () => {
    try {
      const fields = (await getFields()).filter(({ id }) => !list.querySelector(`[data-field="${id}"]`));
      const select = el("select", { "aria-label": say().files.field }, el("option", { value: "", text: say().panel.which_field }), ...fields.map(
        ({ id, name, description }) => el("option", { value: id, text: fieldName(id, name), title: description }),
      ));
      const form = el(
        "form", { class: "edit", on: { submit: (event) => {
          event.preventDefault();
          const chosen = fields.find(({ id }) => id === select.value);
          if (!chosen) return;
          const value = el("dd", { data: { field: chosen.id } });
          list.append(el("dt", { text: fieldName(chosen.id, chosen.name) }), value);
          form.replaceWith(button);
          edit(unknown(chosen), value, file, again);
        } } },
        select, el("button", { type: "submit", class: "quiet small", text: say().panel.fill_in }),
      );
      button.replaceWith(form);
      select.focus();
    } catch (error) {
      list.after(problem(shown(error)));
    }
  });
  return button;
}

/**
 * @param {Shown} row
 * @param {HTMLElement} into
 * @param {FileHistoryOut} file
 * @param {Again} again
 */
function reading(row, into, file, again) {
  const { place: at, own } = row;
  const value = at && row.value
    ? el("button", {
      type: "button", class: "link", dir: "auto", text: row.value, title: say().panel.show_in_text,
      on: { click: () => openFile(file.file_id, at) },
    })
    : el("span", { class: row.value ? "" : "none", dir: "auto", text: row.value || (own ? say().panel.none : "—") });
  const word = row.value ? say().panel.change : say().panel.add;
  const change = el("button", {
    type: "button", class: "quiet small change", data: { right: "correct" }, text: word, "aria-label": `${word} ${row.name}`,
    on: { click: () => edit(row, into, file, again) },
  });
  const undo = own && el("button", {
    type: "button", class: "quiet small", data: { right: "correct" }, text: say().common.undo, "aria-label": say().panel.undo_of(row.name),
    on: { click: () => doing(into, row, again, say().review.taken_back(row.name), () => undoField(file.file_id, row.field)) },
  });
  return [
    el("span", { class: row.unsure ? "value unsure" : "value" }, value, row.words && el("q", { class: "words", dir: "auto", text: row.words })),
    el("span", { class: "acts" }, row.field === "correspondent" && allOf(file), change, undo),
    row.about ? el("span", { class: "about", text: row.about, title: row.reason }) : "",
  ];
}

/** @param {FileHistoryOut} file */
function allOf({ correspondent }) {
  return correspondent && el("button", {
    type: "button", class: "quiet small", text: say().panel.all_its_papers,
    on: { click: () => go({
      view: "files", file: null, page: null, filters: { ...NO_FILTERS, correspondent: [correspondent.correspondent_id] },
    }) },
  });
}

/**
 * @param {Shown} row
 * @param {HTMLElement} into
 * @param {FileHistoryOut} file
 * @param {Again} again
 */
function edit(row, into, file, again) {
  const { field, name } = row;
  const input = el("input", {
    type: row.input, value: row.draft, maxlength: 500, autocomplete: "off", dir: "auto", "aria-label": name,
    list: field === "correspondent" ? "panel-correspondents" : null,
  });
  /** @param {string} value */
  const save = (value) => doing(
    into, row, again, value ? say().panel.is_now(name, value) : say().panel.it_has_none_of(name),
    () => correctField(file.file_id, field, value, file.document),
  );
  const cancel = () => { again(`[data-field="${field}"] .change`); };
  const form = el(
    "form", { class: "edit", on: { submit: (event) => { event.preventDefault(); save(input.value.trim()); } } },
    input,
    el("button", { type: "submit", class: "main small", text: say().panel.save }),
    el("button", { type: "button", class: "quiet small", text: say().panel.it_has_none, on: { click: () => save("") } }),
    el("button", { type: "button", class: "quiet small", text: say().panel.cancel, on: { click: cancel } }),
  );
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault(); // it ends the change, and not the panel
    event.stopPropagation();
    cancel();
  });
  into.replaceChildren(form);
  input.focus();
  input.select();
  if (field === "correspondent") proposeInto(form);
}

/** @param {HTMLElement} form */
async function proposeInto(form) {
  const { correspondents } = await loadSenders();
  const options = correspondents.map(({ name }) => el("option", { value: name }));
  form.append(el("datalist", { id: "panel-correspondents" }, ...options));
}

/**
 * Do what changes a field, and show the file anew, or why it could not be done.
 *
 * @param {HTMLElement} into
 * @param {Shown} row
 * @param {Again} again
 * @param {string} done
 * @param {() => Promise<unknown>} what
 */
async function doing(into, { field }, again, done, what) {
  try {
    await what();
  } catch (error) {
    into.querySelector(".problem")?.remove();
    into.append(problem(shown(error)));
    return;
  }
  toast(done);
  changed();
  await again(`[data-field="${field}"] .change`);
}
