// @ts-check
// What a plan is made with: folders, an order or rules of one's own, and a look at each rule while it is written.

import { checkRule, getPresets, json, shown } from "../common/api.js";
import { loadCategories } from "../common/categories.js";
import { box, byId, el, problem } from "../common/dom.js";
import { later } from "../common/later.js";
import { say } from "../common/say.js";
import { told } from "../common/told.js";
import { cutAt } from "./paths.js";
import { KINDS } from "./words.js";

/** @import { CategoryOut, CheckedRuleOut, DraftIn, MoveKind, PresetOut, SettingOut } from "../common/schemas.js" */

const EVERY = "*";
const EXAMPLE = "{correspondent|Unknown}/{date:%Y}/{name}{ext}";
const preset = byId("order-preset", HTMLSelectElement);
const kind = byId("order-kind", HTMLSelectElement);
const category = byId("order-category", HTMLSelectElement);
/** @type {PresetOut[]} */
let presets = [];
/** @type {CategoryOut[]} */
let known = [];
/** Whether the settings say where files go. */
let hasRoot = false;

/** Fill the choices; what they are is asked for each time, since categories come and go. */
export async function fillChoices() {
  try {
    /** @type {[PresetOut[], CategoryOut[], SettingOut[]]} */
    const [orders, categories, settings] = await Promise.all([getPresets(), loadCategories(), json("/settings")]);
    [presets, known] = [orders, categories];
    hasRoot = settings.some(({ name, source }) => name === "organize.root" && source);
    box("order-problem").replaceChildren();
  } catch (error) {
    box("order-problem").replaceChildren(problem(shown(error)));
    return;
  }
  refill(preset, [["", say().order.as_settings], ...presets.map((each) => /** @type {[string, string]} */ ([each.id, told(each, "words")]))]);
  refill(kind, [["", say().order.as_settings], ...KINDS.map((id) => /** @type {[string, string]} */ ([id, say().order.kinds[id]]))]);
  refill(category, [["", say().order.all_categories], ...named()]);
  showExample();
}

/** @returns {[string, string][]} */
const named = () => known.map(({ id, name }) => [id, name]);

/**
 * @param {HTMLSelectElement} select
 * @param {[string, string][]} options
 */
function refill(select, options) {
  const { value } = select;
  select.replaceChildren(...options.map(([id, text]) => el("option", { value: id, text })));
  if (options.some(([id]) => id === value)) select.value = value;
}

function showExample() {
  const example = presets.find(({ id }) => id === preset.value)?.example;
  const others = rules().length && !preset.value ? say().order.without_rule : "";
  box("order-example").textContent = example ? say().order.such_as(example) : others;
}

const rows = () => [...box("order-rules").children];

function rules() {
  return rows().flatMap((row) => {
    const [of, template] = [row.querySelector("select"), row.querySelector("input")];
    return of && template?.value.trim() ? [{ category: of.value, template: template.value.trim() }] : [];
  });
}

/** @returns {DraftIn} */
export function given() {
  const lines = byId("order-folders", HTMLTextAreaElement).value.split("\n").map((line) => line.trim());
  return {
    folders: lines.filter(Boolean),
    category: category.value,
    rules: rules(),
    preset: preset.value,
    kind: kind.value ? /** @type {MoveKind} */ (kind.value) : null,
    unsure: byId("order-unsure", HTMLInputElement).checked,
    root: byId("order-root", HTMLInputElement).value.trim(),
  };
}

/** Lead to the first rule that is wrong; false where none is. */
export function leadToWrongRule() {
  const [wrong] = box("order-rules").querySelectorAll("[aria-invalid='true']");
  if (!(wrong instanceof HTMLElement)) return false;
  wrong.focus();
  return true;
}

/** Lead to the folder that files go into where nothing says it; false where something does. */
export function leadToMissingRoot() {
  const { folders = [], root } = given();
  const lacks = !root && !hasRoot && folders.length !== 1;
  const field = byId("order-root", HTMLInputElement);
  field.ariaInvalid = String(lacks);
  if (!lacks) return false;
  box("order-problem").replaceChildren(problem({ message: say().order.no_root, remedy: say().order.no_root_how }));
  field.focus();
  return true;
}

let numbered = 0;

function addRule() {
  numbered += 1;
  const below = el("div", { class: "told", id: `rule-${numbered}`, role: "status" });
  const of = el("select", { "aria-label": say().order.rule_category });
  refill(of, [[EVERY, say().order.every_category], ...named()]);
  const template = el("input", {
    type: "text", value: EXAMPLE, maxlength: 1000, "aria-label": say().order.rule_where, "aria-describedby": below.id, spellcheck: "false",
    autocomplete: "off",
  });
  let looks = 0;
  const look = async () => {
    const mine = ++looks;
    try {
      const found = await checkRule({ category: of.value, template: template.value.trim() });
      if (mine !== looks) return;
      template.setAttribute("aria-invalid", String(Boolean(found.error)));
      below.replaceChildren(...verdict(template.value.trim(), found));
    } catch (error) {
      if (mine === looks) below.replaceChildren(problem(shown(error)));
    }
  };
  const lookSoon = later(look, 250);
  template.addEventListener("input", () => {
    template.setAttribute("aria-invalid", "false"); // nobody knows until it is looked at
    lookSoon();
  });
  of.addEventListener("change", look);
  const row = el(
    "li", {}, of, template,
    el("button", { type: "button", class: "quiet small", text: "✕", "aria-label": say().order.rule_out, on: { click: () => {
      row.remove();
      showExample();
      byId("order-add-rule", HTMLButtonElement).focus();
    } } }),
    below,
  );
  box("order-rules").append(row);
  template.focus();
  showExample();
  look();
}

/**
 * @param {string} template
 * @param {CheckedRuleOut} found
 */
function verdict(template, found) {
  const { examples, error, at } = found;
  if (!error) {
    return examples.length
      ? [el("span", { class: "aside", text: `${say().order.such} ` }), ...examples.flatMap((path, n) => [n ? ", " : "", el("code", { dir: "auto", text: path })])]
      : [el("span", { class: "aside", text: say().order.none_yet })];
  }
  const { good, wrong } = cutAt(template, at);
  const place = wrong ? el("code", { class: "cut" }, good, el("mark", { text: wrong })) : "";
  return [problem({ message: told(found, "error"), remedy: told(found, "remedy") }), place];
}

export function startMaking() {
  box("order-add-rule").addEventListener("click", addRule);
  preset.addEventListener("change", showExample);
}
