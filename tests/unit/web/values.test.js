import assert from "node:assert/strict";
import { test } from "node:test";

import { othersOf, shownOf, tagsIn, unknown } from "../../../src/twolane/web/panel/values.js";

const FIELD = {
  field: "date", name: "Date", type: "date", value: "2025-03-31", words: "31. März 2025", confidence: 0.962, guess: false, source: "pattern",
  reason: "stands behind Datum", page: 1, start: 40, end: 53, shown: "2025-03-31",
};

test("a value is shown with the document's own words, where it comes from and where it stands", () => {
  // when
  const shown = shownOf(FIELD);

  // then
  assert.equal(shown.value, "2025-03-31");
  assert.equal(shown.words, "31. März 2025");
  assert.equal(shown.about, "its wording, 96 % certain");
  assert.deepEqual(shown.place, { page: 1, passage: { text: "31. März 2025", heading: "Date", spans: [[40, 53]] } });
  assert.equal(shown.input, "date");
  assert.equal(shown.unsure, false);
});

test("words that say the same are not said twice", () => {
  assert.equal(shownOf({ ...FIELD, type: "number", value: "RE-7", words: " re-7 ", shown: "RE-7" }).words, "");
  assert.equal(shownOf({ ...FIELD, type: "name", value: "Stadtwerke Halden", words: "STADTWERKE\nHALDEN", shown: "" }).words, "");
});

test("what a person said needs no probability, and may be that there is none", () => {
  // when
  const shown = shownOf({ ...FIELD, value: "", words: "", shown: "", source: "person", confidence: 1, page: null, start: null, end: null });

  // then
  assert.equal(shown.value, "");
  assert.equal(shown.about, "said by you");
  assert.equal(shown.own, true);
  assert.equal(shown.place, null);
});

test("a language is named, and edited by its code", () => {
  // when
  const shown = shownOf({ ...FIELD, type: "language", value: "de", shown: "de", words: "", page: null });

  // then
  assert.equal(shown.value, "German");
  assert.equal(shown.draft, "de");
  assert.equal(shown.input, "text");
});

test("a value that is not sure says so, and one without a span is found by its words", () => {
  // when
  const shown = shownOf({ ...FIELD, confidence: 0.5, start: null, end: null });

  // then
  assert.equal(shown.unsure, true);
  assert.deepEqual(shown.place, { page: 1, passage: { text: "31. März 2025", heading: "Date" } });
});

test("a value that is a guess is called one", () => {
  // when
  const shown = shownOf({ ...FIELD, confidence: 0.4, guess: true });

  // then
  assert.equal(shown.unsure, true);
  assert.equal(shown.about, "a guess: its wording, 40 % certain");
});

test("several tags can be typed at once, and one that is there is not added again", () => {
  assert.deepEqual(tagsIn("tax,  house  2 ; Tax,tax", ["TAX"]), ["house 2"]);
  assert.deepEqual(tagsIn(" ", []), []);
  assert.deepEqual(tagsIn("税金、家", ["家"]), ["税金"]);
});

test("a field of which nothing is known can be filled in", () => {
  // when
  const row = unknown({ id: "due_date", name: "Due date", type: "date", description: "", categories: [] });

  // then
  assert.deepEqual([row.field, row.value, row.about, row.unsure, row.input], ["due_date", "", "", false, "date"]);
});

test("what else there is of a paper says how it is the same", () => {
  // given
  const copy = (id, kind, newest) => ({
    file: { file_id: id, dated_at: id === 2 ? "2025-01-02" : null }, kind, newest, likeness: 0.94, reason: id === 2 ? "94% of the words" : "",
  });

  // when
  const { others, isNewest } = othersOf([copy(1, "version", true), copy(2, "nearly_same", false), copy(3, "same_text", false)], 1);

  // then
  assert.equal(isNewest, true);
  assert.deepEqual(others.map(({ about }) => about), ["nearly the same · 2025-01-02 · 94% of the words", "the same text"]);
  assert.equal(othersOf([copy(1, "version", true), copy(2, "version", false)], 2).isNewest, false);
});
