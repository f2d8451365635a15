// @ts-check
// One's own account, behind the name at the top: sign out, password, passkeys, and where one is signed in.

import { shown } from "../common/api.js";
import { box, el, toast, toastTrouble } from "../common/dom.js";
import { moment } from "../common/format.js";
import { say } from "../common/say.js";
import { addPasskey, changePassword, dropPasskey, endSignIn, listPasskeys, listSignIns, signOut, ways } from "../common/signing.js";

/** @import { PasskeyOut, SessionOut, SignInOut } from "../common/schemas.js" */

const LEAST_CHARS = "10"; // the server has the last word

/** Show who is signed in, at the top of the page. */
export async function startAccount() {
  const session = await ways();
  // Where a proxy or nobody asks for a name there is nothing to be seen or changed here.
  if (!session.user && !session.can_sign_out) return;
  const name = session.full_name || session.user;
  box("account").replaceChildren(el("button", {
    type: "button", class: "quiet small", "aria-haspopup": "dialog",
    "aria-label": name ? say().account.of(name) : say().account.mine, text: name ?? say().account.mine,
    on: { click: () => open(session) },
  }));
}

/** @param {SessionOut} session */
function open(session) {
  const texts = say().account;
  const parts = [...(session.user && session.ways.password ? [passwords(session.user)] : []), ...(session.user && session.ways.passkey ? [passkeys()] : []), signIns()];
  const dialog = el("dialog", { class: "account-panel", "aria-labelledby": "account-title", on: { close: () => dialog.remove() } },
    el("div", { class: "bar" },
      el("h2", { id: "account-title", text: session.full_name || session.user || texts.mine }),
      el("button", { type: "button", class: "quiet", "aria-label": say().common.close, text: "✕", on: { click: () => dialog.close() } })),
    el("div", { class: "account-body" },
      session.role && el("p", { class: "aside", text: `${session.user}: ${texts.roles[session.role]}` }),
      session.can_sign_out && el("button", { type: "button", class: "main", text: texts.out, on: { click: () => leaveNow() } }),
      ...parts));
  document.body.append(dialog);
  dialog.showModal();
}

/** Sign out, and go to where one signs in. */
const leaveNow = () => signOut().then(() => location.assign("/signin")).catch((error) => toastTrouble(shown(error)));

/** @type {(title: string, ...children: Node[]) => HTMLElement} */
const part = (title, ...children) => el("section", {}, el("h3", { text: title }), ...children);

/** @param {string} user for the keeper of passwords */
function passwords(user) {
  const texts = say().account;
  const old = el("input", { type: "password", id: "account-old", autocomplete: "current-password", maxlength: "1000" });
  const fresh = el("input", { type: "password", id: "account-fresh", autocomplete: "new-password", minlength: LEAST_CHARS, maxlength: "1000", required: true, "aria-describedby": "account-least" });
  const form = el("form", { class: "account-form" },
    el("input", { type: "text", autocomplete: "username", value: user, hidden: true }),
    el("label", { for: old.id, text: texts.old }), old,
    el("label", { for: fresh.id, text: texts.fresh }), fresh,
    el("p", { class: "aside", id: "account-least", text: texts.least }),
    el("button", { class: "quiet", text: texts.change }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    changePassword(old.value, fresh.value).then(() => {
      form.reset();
      toast(texts.changed);
    }).catch((error) => toastTrouble(shown(error)));
  });
  return part(texts.password, form);
}

function passkeys() {
  const texts = say().account;
  const list = el("ul", { class: "account-list" });
  const section = part(texts.passkeys, list);
  fill(list, listPasskeys, (one) => passkey(one, list), texts.no_passkeys);
  if (!isSecureContext || !("PublicKeyCredential" in globalThis) || /^[\d.]+$|^\[/.test(location.hostname)) {
    section.append(el("p", { class: "aside", text: texts.not_here }));
    return section;
  }
  const name = el("input", { type: "text", id: "account-key", maxlength: "100", required: true });
  const form = el("form", { class: "account-form" }, el("label", { for: name.id, text: texts.called }), name, el("button", { class: "quiet", text: texts.add }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    addPasskey(name.value).then(() => {
      form.reset();
      toast(texts.added);
      fill(list, listPasskeys, (one) => passkey(one, list), texts.no_passkeys);
    }).catch((error) => toastTrouble(error instanceof DOMException ? { message: say().signin.no_passkey } : shown(error)));
  });
  section.append(form);
  return section;
}

/**
 * @param {PasskeyOut} one
 * @param {HTMLElement} list
 */
function passkey({ credential_id, name, used_at }, list) {
  const texts = say().account;
  return row(name, used_at ? texts.last(moment(used_at)) : "", texts.forget, async () => {
    await dropPasskey(credential_id);
    toast(texts.forgotten);
    await fill(list, listPasskeys, (one) => passkey(one, list), texts.no_passkeys);
  });
}

function signIns() {
  const list = el("ul", { class: "account-list" });
  fill(list, listSignIns, (one) => signIn(one, list), "");
  return part(say().account.sessions, list);
}

/**
 * @param {SignInOut} one
 * @param {HTMLElement} list
 */
function signIn({ sign_in_id, method, sender, agent, used_at, is_this }, list) {
  const texts = say().account;
  const how = /** @type {Record<string, string>} */ (texts.methods)[method] ?? method;
  const said = [how, sender, used_at && texts.last(moment(used_at))].filter(Boolean).join(" · ");
  return row(is_this ? texts.here : agent, said, is_this ? "" : texts.end, async () => {
    await endSignIn(sign_in_id);
    toast(texts.ended);
    await fill(list, listSignIns, (each) => signIn(each, list), "");
  });
}

/**
 * @param {string} title
 * @param {string} said
 * @param {string} act what its button does; none without
 * @param {() => Promise<unknown>} run
 */
function row(title, said, act, run) {
  const button = act && el("button", {
    type: "button", class: "quiet small", "aria-label": `${act}: ${title}`, text: act,
    on: { click: () => run().catch((error) => toastTrouble(shown(error))) },
  });
  return el("li", {}, el("span", {}, el("strong", { text: title }), el("span", { class: "aside", text: said })), button);
}

/**
 * Fill a list anew, and keep the focus within it.
 *
 * @template T
 * @param {HTMLElement} list
 * @param {() => Promise<T[]>} load
 * @param {(one: T) => Node} show
 * @param {string} none
 */
async function fill(list, load, show, none) {
  const was = [...list.querySelectorAll("button")].findIndex((each) => each === document.activeElement);
  try {
    const found = await load();
    list.replaceChildren(...(found.length || !none ? found.map(show) : [el("li", { class: "aside", text: none })]));
  } catch (error) {
    toastTrouble(shown(error));
  }
  if (was < 0) return;
  const left = list.querySelectorAll("button");
  const next = left[Math.min(was, left.length - 1)] ?? list.closest("dialog")?.querySelector("button");
  next?.focus();
}
