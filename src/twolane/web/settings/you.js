// @ts-check
// What each person sets of the page: its language and its colours.

import { el } from "../common/dom.js";
import { languageName } from "../common/format.js";
import { isChosen, languages, say, speak, unchoose } from "../common/say.js";
import { keepSettings, session } from "../common/session.js";
import { THEMES, chooseTheme, theme } from "../common/theme.js";

/**
 * @param {string} label
 * @param {{ id: string, name: string }[]} options
 * @param {string} value
 * @param {(id: string) => unknown} choose
 */
function choice(label, options, value, choose) {
  // Buttons, since an arrow key alone would already choose among radio buttons.
  const buttons = options.map(({ id, name }) => {
    const button = el("button", {
      type: "button", class: "quiet", text: name, "aria-pressed": String(id === value), lang: THEMES.some((each) => each === id) ? undefined : id || undefined,
      on: { click: () => {
        for (const each of buttons) each.setAttribute("aria-pressed", String(each === button));
        choose(id);
      } },
    });
    return button;
  });
  return el("div", { role: "group", "aria-label": label }, el("p", {}, el("strong", { text: label })), el("div", { class: "settings-choice" }, ...buttons));
}

export async function you() {
  const words = say().settings;
  const who = session();
  const language = choice(words.language, [
    { id: "", name: words.browser_language },
    ...languages().map((id) => ({ id, name: ownName(id) })),
  ], isChosen() ? document.documentElement.lang : "", async (id) => {
    await keepSettings({ language: id });
    if (id) await speak(id);
    else unchoose();
    location.reload(); // every view is built in the language of its time
  });
  const colours = choice(words.theme, THEMES.map((id) => ({ id, name: words.themes[id] })), theme(), (id) => {
    chooseTheme(id);
    keepSettings({ theme: id });
  });
  return [
    who?.user ? el("p", {}, el("strong", { text: who.full_name || who.user }), who.role ? ` · ${words.roles[who.role]}` : "") : null,
    el("div", { class: "settings-form" }, language, colours),
    el("p", { class: "aside", text: words.kept_here }),
  ];
}

/** @param {string} code a language is called as its speakers call it, so that each finds their own */
function ownName(code) {
  const name = new Intl.DisplayNames(code, { type: "language" }).of(code) ?? languageName(code);
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}
