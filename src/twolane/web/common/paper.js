// @ts-check
// The picture of a page, drawn by the server, with what is meant on it marked.

import { getMarks, pictureAddress, smallPictureAddress } from "./api.js";
import { el } from "./dom.js";
import { say } from "./say.js";

/** @import { FileOut, PageBoxOut } from "./schemas.js" */
/** @typedef {readonly (readonly number[])[]} Spans first characters of a page's text and those behind the last */
/**
 * @typedef {object} Paper
 * @property {HTMLElement} node
 * @property {(spans: Spans) => Promise<boolean>} mark marks parts of the page's text, and says whether their place is known
 * @property {(larger: boolean) => void} zoom
 */

const UNSHOWN = new Set(["damaged", "encrypted", "unsupported", "too_large"]);
const ZOOMS = [0.5, 0.75, 1, 1.5, 2, 3];
const SHARP_ABOVE = 1.2;
const WIDTH = 1280;
const SHARP_WIDTH = 1920;

/**
 * Say whether the pages of a file are shown as pictures, and not as text alone.
 *
 * @param {Pick<FileOut, "media_type" | "read_status">} file
 */
export const isPictured = ({ media_type: type, read_status: status }) => (
  /^(application\/pdf|image\/)/.test(type) && status !== null && !UNSHOWN.has(status)
);

/**
 * Return the picture of a page; `missing` is run where the server has none.
 *
 * @param {{ id: number, number: number, name: string, missing?: () => void }} wanted
 * @returns {Paper}
 */
export function paper({ id, number, name, missing }) {
  const text = say().panel.picture_of(name, number);
  const image = el("img", { alt: text, src: pictureAddress(id, number, WIDTH), decoding: "async" });
  const sheet = el("div", { class: "sheet" }, image);
  const node = el("div", { class: "paper", tabindex: 0, role: "group", "aria-label": text, "aria-busy": "true" }, sheet);
  image.addEventListener("load", () => node.removeAttribute("aria-busy"));
  image.addEventListener("error", () => {
    node.remove();
    missing?.();
  });
  let zoom = ZOOMS.indexOf(1);
  return {
    node,
    mark: async (spans) => {
      const { boxes } = await getMarks(id, number, spans);
      sheet.append(...boxes.map(box));
      const [first] = sheet.querySelectorAll(".box");
      const show = () => first?.scrollIntoView({ block: "center", inline: "nearest" });
      if (image.complete) show();
      else image.addEventListener("load", show, { once: true });
      return boxes.length > 0;
    },
    zoom: (larger) => {
      zoom = Math.max(0, Math.min(ZOOMS.length - 1, zoom + (larger ? 1 : -1)));
      const times = ZOOMS[zoom] ?? 1;
      sheet.style.setProperty("inline-size", `${100 * times}%`);
      if (times > SHARP_ABOVE) image.src = pictureAddress(id, number, SHARP_WIDTH);
    },
  };
}

/** @param {PageBoxOut} place */
function box({ left, top, width, height }) {
  const mark = el("span", { class: "box", "aria-hidden": "true" });
  const edges = { left, top, width, height };
  for (const [edge, share] of Object.entries(edges)) mark.style.setProperty(edge, `${100 * share}%`);
  return mark;
}

/**
 * Return a small picture of a file's first page; where there is none, what stands for its kind.
 *
 * @param {FileOut} file
 */
export function smallPicture(file) {
  const ending = /\.([a-z0-9]{1,4})$/i.exec(file.name)?.[1] ?? "";
  const instead = () => el("span", { class: "small-picture none", "aria-hidden": "true", text: ending.toUpperCase() });
  if (!isPictured(file)) return instead();
  const image = el("img", {
    class: "small-picture", alt: "", src: smallPictureAddress(file.file_id), loading: "lazy", decoding: "async", width: 40, height: 52,
  });
  image.addEventListener("error", () => image.replaceWith(instead()));
  return image;
}
