import assert from "node:assert/strict";
import { test } from "node:test";

import { causeOf, choicesOf, differenceOf, matching, meaning } from "../../../src/twolane/web/review/choices.js";

const CATEGORIES = Array.from({ length: 40 }, (_, n) => ({ id: `c${n}`, name: `Category ${n}`, description: "" }));
const DECIDED = {
  category: "c9", review_cause: "unlike",
  scores: [{ category: "c9", probability: 0.6 }, { category: "c3", probability: 0.3 }, { category: "c7", probability: 0.1 }],
};

test("the likeliest have digits, the rest letters, and no key means two things", () => {
  // when
  const choices = choicesOf(CATEGORIES, DECIDED);

  // then
  const keys = choices.map(({ key }) => key).filter(Boolean);
  assert.deepEqual(choices.slice(0, 3).map(({ key, id }) => [key, id]), [["1", "c9"], ["2", "c3"], ["3", "c7"]]);
  assert.equal(new Set(keys).size, keys.length);
  for (const verb of ["y", "Enter", "0", "/", "s", "u", "q"]) assert.equal(typeof meaning(verb, choices), "string");
  assert.equal(choices.length, CATEGORIES.length);
});

test("a key takes its choice, and any other none", () => {
  const choices = choicesOf(CATEGORIES, DECIDED);
  assert.equal(meaning("2", choices)?.id, "c3");
  assert.equal(meaning("A", choices)?.id, "c2");
  assert.equal(meaning("ArrowDown", choices), null);
  assert.equal(meaning("?", choices), null);
});

test("a search finds by name before description in any script", () => {
  // given
  const named = (id, name, description = "") => ({ id, name, description });
  const categories = [named("a", "Briefe", "auch eine Rechnung"), named("b", "Rechnung"), named("c", "发票"), named("d", "Счёт")];
  const found = (words) => matching(choicesOf(categories, null), words).map(({ id }) => id);

  // then
  assert.deepEqual(found("RECHNUNG"), ["b", "a"]);
  assert.deepEqual([...found("发票"), ...found("счёт")], ["c", "d"]);
});

test("the cause of a review is told in words, and where there is none nothing is", () => {
  assert.equal(causeOf(DECIDED), "it is unlike every category");
  assert.equal(causeOf({ ...DECIDED, review_cause: null }), "");
  assert.equal(causeOf(null), "");
});

test("what filing again would change is told with the review that it leaves or enters", () => {
  // given
  const change = { file: { name: "a", classification: { category: "x", review: true } }, category: "y", confidence: 0.9, review: false };

  // then
  const nameOf = (id) => id.toUpperCase();
  assert.deepEqual(differenceOf(change, nameOf), { name: "a", was: "X, to review", now: "Y", certain: "90 %" });
  assert.equal(differenceOf({ ...change, file: { name: "a", classification: null } }, nameOf).was, "");
});
