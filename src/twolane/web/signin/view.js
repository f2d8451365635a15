// @ts-check
// Signing in: by name and password, by a device's key, or by the office's own sign-in.

import { button, byId, box, el } from "../common/dom.js";
import { say, speak } from "../common/say.js";
import { signIn, signInByDevice, tellTrouble, ways } from "../common/signing.js";

/** @import { SignInWaysOut } from "../common/schemas.js" */

/** Go where the way in was asked for: what stands behind the # has come along. */
const enter = () => location.replace(`/${location.hash}`);

/** @param {unknown} error */
function fail(error) {
  const { message, remedy } = tellTrouble(error);
  box("signin-trouble").replaceChildren(el("p", { class: "problem" }, el("strong", { text: message }), el("span", { text: remedy ?? "" })));
}

/**
 * Let one try at a time be under way.
 *
 * @param {() => Promise<unknown>} act
 */
async function attempt(act) {
  const controls = [button("signin-go"), button("signin-passkey")];
  for (const control of controls) control.disabled = true;
  box("signin-trouble").replaceChildren();
  try {
    await act();
    enter();
  } catch (error) {
    fail(error);
    for (const control of controls) control.disabled = false;
  }
}

/** @param {SignInWaysOut} known */
function offer({ password, passkey, office, start }) {
  box("signin-form").hidden = !password;
  button("signin-passkey").hidden = !passkey || !("PublicKeyCredential" in globalThis) || !isSecureContext;
  const link = byId("signin-office", HTMLAnchorElement);
  link.hidden = !office;
  link.textContent = say().signin.office(office);
  const hint = box("signin-start");
  hint.hidden = !start;
  hint.textContent = say().signin.start;
  const first = [byId("name", HTMLInputElement), button("signin-passkey"), link, box("signin-title")];
  first.find((way) => way.checkVisibility())?.focus();
}

async function begin() {
  await speak();
  document.title = `${say().signin.title} · twolane`;
  const asked = new URLSearchParams(location.search);
  try {
    const { signed_in, ways: known } = await ways();
    if (signed_in) enter();
    else offer(known);
  } catch (error) {
    fail(error);
    return;
  }
  const told = asked.get("start") ? say().signin.used : asked.get("office") ? say().signin.office_failed : null;
  if (told) box("signin-trouble").replaceChildren(el("p", { class: "problem" }, el("strong", { text: told })));
}

byId("signin-form", HTMLFormElement).addEventListener("submit", (event) => {
  event.preventDefault();
  const password = byId("password", HTMLInputElement);
  attempt(() => signIn(byId("name", HTMLInputElement).value, password.value)).then(() => {
    password.value = "";
    if (!password.closest("[hidden]")) password.focus();
  });
});
button("signin-passkey").addEventListener("click", () => attempt(signInByDevice));
begin();
