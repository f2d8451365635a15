import assert from "node:assert/strict";
import { test } from "node:test";

import { askedFor, sentOf } from "../../../src/twolane/web/categories/acts.js";
import { lineage, pathOf, placesFor, treeOf } from "../../../src/twolane/web/common/tree.js";

const CATEGORIES = [
  { id: "letter", name: "Letter", parent: "" },
  { id: "home", name: "Home", parent: "" },
  { id: "insurance", name: "Insurance", parent: "home" },
  { id: "car", name: "Car", parent: "insurance" },
];

const shape = (tree) => tree.map(({ category, below }) => [category.id, ...shape(below)]);

test("categories stand below their parents, in their order", () => {
  assert.deepEqual(shape(treeOf(CATEGORIES)), [["letter"], ["home", ["insurance", ["car"]]]]);
  assert.equal(pathOf(CATEGORIES, "car"), "Home: Insurance: Car");
  assert.equal(pathOf(CATEGORIES, "unknown"), "unknown");
});

test("no category is lost whose parent is not there or which stands in a ring", () => {
  const rings = [{ id: "a", name: "A", parent: "b" }, { id: "b", name: "B", parent: "a" }, { id: "c", name: "C", parent: "gone" }];
  assert.deepEqual(shape(treeOf(rings)), [["a"], ["b"], ["c"]]);
  assert.equal(lineage(rings, "a"), null);
});

test("a category can stand anywhere but below itself", () => {
  assert.deepEqual(placesFor(CATEGORIES, "home").map(({ id }) => id), ["letter"]);
  assert.deepEqual(placesFor(CATEGORIES, "car").map(({ id }) => id), ["letter", "home", "insurance"]);
});

const asked = (act, id) => askedFor(act, CATEGORIES.map((each) => ({ ...each, description: "", documents: 0 })), id, (one) => one);

test("an act asks for what it needs, with what there is filled in", () => {
  assert.deepEqual(asked("rename", "car").map(({ name, value }) => [name, value]), [["name", "Car"], ["description", ""]]);
  assert.deepEqual(asked("move", "insurance")[0].options.map(({ id }) => id), ["", "letter", "home"]);
  assert.equal(asked("move", "insurance")[0].value, "home");
  assert.deepEqual(asked("merge", "car")[0].options.map(({ id }) => id), ["letter", "home", "insurance"]);
});

test("a category is split into those that lines name", () => {
  assert.deepEqual(sentOf("split", "home", { parts: "Car: has wheels\n\n 住宅：家の保険 \n" }), {
    category: "home", parts: ["Car: has wheels", "住宅:家の保険"],
  });
});

test("an act says to what it is done", () => {
  assert.deepEqual(sentOf("add", "home", { name: " Car ", description: "" }), { name: "Car", description: "", parent: "home" });
  assert.deepEqual(sentOf("merge", "car", { into: "home" }), { into: "home", others: ["car"] });
  assert.deepEqual(sentOf("move", "car", { parent: "" }), { category: "car", parent: "" });
});
