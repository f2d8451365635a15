// @ts-check
// The page's colours: as the device has them, or as they were chosen.

/** @typedef {"auto" | "light" | "dark"} Theme */

const KEPT = "twolane.theme";
/** @type {readonly Theme[]} */
export const THEMES = ["auto", "light", "dark"];

/** @returns {Theme} */
export const theme = () => THEMES.find((each) => each === localStorage.getItem(KEPT)) ?? "auto";

/** @param {string} chosen kept for the next visit */
export function chooseTheme(chosen) {
  localStorage.setItem(KEPT, chosen);
  wearTheme();
}

/** Put on what was chosen. */
export const wearTheme = () => { document.documentElement.dataset["theme"] = theme(); };
