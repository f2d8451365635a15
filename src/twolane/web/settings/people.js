// @ts-check
// Users, groups and what is private or shared, for those who manage the library.

import { getUsers, json, request, sending } from "../common/api.js";
import { loadCategories } from "../common/categories.js";
import { el, replace, toast } from "../common/dom.js";
import { moment, named } from "../common/format.js";
import { say } from "../common/say.js";
import { doing, folded, form, row, rows } from "./forms.js";

/** @import { EndedOut, GroupOut, DepartureOut, ShareOut, UserOut } from "../common/schemas.js" */
/** @import { Field } from "./forms.js" */

/** @type {() => Promise<GroupOut[]>} */
const getGroups = () => json("/groups");
/** @type {(name: string) => string} */
const userPath = (name) => `/users/${encodeURIComponent(name)}`;
/** @type {(name: string, members: string[]) => Promise<unknown>} */
const setGroup = (name, members) => json(`/groups/${encodeURIComponent(name)}`, sending("PUT", { members }));

/** @param {string} [value] @returns {Field} */
const roleField = (value = "member") => ({
  name: "role", label: say().settings.role, kind: "choice", value,
  options: Object.entries(say().settings.roles).map(([id, name]) => ({ id, name })),
});

/** @param {() => Promise<void>} again */
export async function users(again) {
  const words = say().settings;
  const all = await getUsers();
  const items = all.map((user) => userRow(user, again));
  const adding = form(words.add_user, [
    { name: "name", label: words.name, kind: "text", required: true },
    { name: "full_name", label: words.full_name, kind: "text" },
    ...(all.length ? [roleField()] : []), // the first one is admin
    { name: "password", label: words.password, kind: "password" },
  ], async ({ name = "", full_name: full = "", role = null, password = "" }) => {
    await json("/users", sending("POST", { name, full_name: full, role, password }));
    toast(words.added(name));
    await again();
  });
  return [rows(items, words.no_users), folded(words.add_user, adding)];
}

/**
 * @param {UserOut} user
 * @param {() => Promise<void>} again
 */
function userRow(user, again) {
  const { name, full_name: full, role, seen_at: seen, disabled_at: disabled } = user;
  const words = say().settings;
  const about = [full, named(words.roles, role), seen ? moment(seen) : words.never, disabled ? words.disabled : ""].filter(Boolean).join(" · ");
  /** @param {object} change */
  const change = (change) => json(userPath(name), sending("PATCH", change));
  const item = row(name, about, [
    { text: words.change, run: () => replace(item, [changing(user, again)]) },
    disabled
      ? { text: words.enable, key: `able ${name}`, run: () => doing(words.was_enabled(name), () => change({ disabled: false }), again, () => change({ disabled: true })) }
      : { text: words.disable, key: `able ${name}`, run: () => doing(words.was_disabled(name), () => change({ disabled: true }), again, () => change({ disabled: false })) },
    { text: words.sign_out, run: async () => {
      const { ended } = /** @type {EndedOut} */ (await json(`${userPath(name)}/sign-ins`, { method: "DELETE" }));
      toast(words.signed_out(ended));
    } },
    { text: words.remove, run: async () => replace(item, [await removing(name, again)]) },
  ]);
  return item;
}

/**
 * Say what a user would leave, and ask whose the files shall be.
 *
 * @param {string} name
 * @param {() => Promise<void>} again
 */
async function removing(name, again) {
  const words = say().settings;
  const [left, all] = await Promise.all([/** @type {Promise<DepartureOut>} */ (json(`${userPath(name)}/leaving`)), getUsers()]);
  const others = all.filter((one) => one.name !== name).map((one) => ({ id: one.name, name: one.name }));
  const made = form(words.act_on(words.remove, name), left.files ? [{
    name: "files_to", label: words.files_to, kind: "choice", required: true,
    options: [{ id: "", name: "–" }, ...others, { id: "*", name: words.everybody }],
  }] : [], async ({ files_to: to = "" }) => {
    await json(`${userPath(name)}/remove`, sending("POST", { files_to: left.files ? to.replace("*", "") : null }));
    toast(words.removed(name));
    await again();
  }, again, words.remove);
  const { files, conversations, views, tokens, passkeys, sign_ins: signIns, shares } = left;
  const counts = Object.entries({ files, conversations, views, tokens, passkeys, sign_ins: signIns, shares });
  const having = counts.filter(([, number]) => number).map(([what, number]) => `${named(words.leaving, what)}: ${number}`).join(" · ");
  made.prepend(el("p", { text: words.removing(name) }), ...(having ? [el("p", { class: "aside", text: having })] : []));
  queueMicrotask(() => /** @type {HTMLElement | null} */ (made.querySelector("select, button"))?.focus());
  return made;
}

/**
 * @param {UserOut} user
 * @param {() => Promise<void>} again
 */
function changing({ name, full_name: full, role }, again) {
  const words = say().settings;
  const made = form(words.act_on(words.change, name), [
    { name: "full_name", label: words.full_name, kind: "text", value: full },
    roleField(role),
    { name: "password", label: words.new_password, kind: "password" },
  ], async (given) => {
    const { full_name: newName = full, role: newRole = role, password = "" } = given;
    await json(userPath(name), sending("PATCH", { full_name: newName, role: newRole, ...(password ? { password } : {}) }));
    const back = async () => {
      await json(userPath(name), sending("PATCH", { full_name: full, role }));
      await again();
    };
    toast(words.changed(name), false, password ? undefined : back);
    await again();
  }, again);
  queueMicrotask(() => made.querySelector("input")?.focus());
  return made;
}

/** @param {() => Promise<void>} again */
export async function groups(again) {
  const words = say().settings;
  const [all, people] = await Promise.all([getGroups(), getUsers()]);
  const items = all.map(({ name, members }) => row(`@${name}`, members.join(", "), [{
    text: words.remove, run: () => doing(words.removed(`@${name}`), () => setGroup(name, []), again, () => setGroup(name, members)),
  }]));
  const setting = form(words.set_group, [
    { name: "name", label: words.name, kind: "text", required: true },
    { name: "members", label: words.members, kind: "several", options: people.map(({ name }) => ({ id: name, name })) },
  ], async ({ name = "", several }) => {
    const wanted = name.replace(/^@/, "");
    const before = all.find((each) => each.name === wanted)?.members ?? [];
    await doing(words.changed(`@${wanted}`), () => setGroup(wanted, several["members"] ?? []), again, () => setGroup(wanted, before));
  });
  return [rows(items, words.no_groups), folded(words.set_group, setting)];
}

/** @param {() => Promise<void>} again */
export async function shares(again) {
  const words = say().settings;
  const [all, people, teams, categories] = await Promise.all([
    /** @type {Promise<ShareOut[]>} */ (json("/shares")), getUsers(), getGroups(), loadCategories(),
  ]);
  /** @type {(share: { kind: string, place: string, audience: string[] }) => Promise<unknown>} */
  const put = ({ kind, place, audience }) => json("/shares", sending("PUT", { kind, place, audience }));
  /** @type {(share: { kind: string, place: string }) => Promise<unknown>} */
  const unset = ({ kind, place }) => request("/shares/unset", sending("POST", { kind, place }));
  /** @param {string} place */
  const nameOfPlace = (place) => categories.find(({ id }) => id === place)?.name ?? place;
  const items = all.map((share) => {
    const who = share.audience.map((each) => (each === "*" ? words.everybody : each)).join(", ");
    const seen = who ? words.seen_by(who) : words.only_owner;
    return row(nameOfPlace(share.place), `${words.kinds[share.kind]} · ${seen}`, [{
      text: words.unshare, run: () => doing(words.changed(nameOfPlace(share.place)), () => unset(share), again, () => put(share)),
    }]);
  });
  const audience = [
    { id: "*", name: words.everybody }, ...teams.map(({ name }) => ({ id: `@${name}`, name: `@${name}` })),
    ...people.map(({ name }) => ({ id: name, name })),
  ];
  const setting = form(words.set_share, [
    { name: "category", label: words.category, kind: "choice", options: [{ id: "", name: "–" }, ...categories] },
    { name: "folder", label: words.whole_path, kind: "text" },
    { name: "audience", label: words.audience, kind: "several", options: audience },
  ], async ({ category = "", folder = "", several }) => {
    const given = { kind: folder ? "folder" : "category", place: folder || category, audience: several["audience"] ?? [] };
    const before = all.find(({ kind, place }) => kind === given.kind && place === given.place);
    await put(given);
    toast(words.changed(nameOfPlace(given.place)), false, async () => {
      await (before ? put(before) : unset(given));
      await again();
    });
    await again();
  });
  return [rows(items, words.no_shares), folded(words.set_share, setting), el("p", {})];
}
