// Small helpers to build the page; text is only ever set as text, never as markup.

export const byId = (id) => document.getElementById(id);

/** Build an element. Props: class, text, data (object), on (object of listeners), the rest as attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "data") Object.assign(node.dataset, value);
    else if (name === "on") for (const [type, run] of Object.entries(value)) node.addEventListener(type, run);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An error of the API, with what to do about it. */
export function problem(error) {
  return el(
    "div",
    { class: "problem", role: "alert" },
    el("strong", { text: error.message }),
    error.remedy ? el("span", { class: "remedy", text: `→ ${error.remedy}` }) : null,
  );
}

let hiding = 0;

/** Say something briefly at the bottom of the page. */
export function toast(text, bad = false) {
  const box = byId("toast");
  box.textContent = text;
  box.classList.toggle("bad", bad);
  box.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { box.hidden = true; }, bad ? 9000 : 4000);
}

export const percent = (share) => `${Math.round(share * 100)} %`;

export function size(bytes) {
  if (bytes < 1024) return `${bytes} bytes`;
  const kib = bytes / 1024;
  return kib < 1024 ? `${kib.toFixed(0)} KiB` : `${(kib / 1024).toFixed(1)} MiB`;
}

export function later(run, delay) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(run, delay);
  };
}
