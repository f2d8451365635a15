import assert from "node:assert/strict";
import { test } from "node:test";

import { originalAddress } from "../../../src/twolane/web/common/api.js";
import { facts, history } from "../../../src/twolane/web/panel/facts.js";
import { locate, parts } from "../../../src/twolane/web/panel/passage.js";

test("a passage is found in its page though its blanks differ", () => {
  assert.deepEqual(locate("Rent.\n\nThe  lease\nends (in\tJune).\nMore.", "The lease ends (in June)."), [
    "Rent.\n\n", "The  lease\nends (in\tJune).", "\nMore.",
  ]);
});

test("a passage that is not in its page is not found", () => {
  assert.equal(locate("The lease ends.", "The rent ends."), null);
  assert.equal(locate("abc", "a.c"), null); // no sign has a meaning of its own
  assert.equal(locate("The lease ends.", "  "), null);
});

test("a long passage is found in a long page at once", () => {
  // given
  const words = Array.from({ length: 2000 }, (_, at) => `word${at}`).join(" ");

  // when
  const found = locate(`${"word0 ".repeat(5000)}${words} end`, words);

  // then
  assert.equal(found?.[1], words);
});

const marked = (...of) => parts(...of).map((part) => (part.marked ? `<${part.text}>` : part.text)).join("");

test("a value is marked where it stands, not where the same words come first", () => {
  assert.equal(marked("3 of 3", "3", [[5, 6]]), "3 of <3>");
  assert.equal(marked("😀 3 of 3", "3", [[7, 8]]), "😀 3 of <3>"); // the server counts a smiley as one
  assert.equal(marked("a  b", "a b", [[0, 4]]), "<a  b>");
});

test("of a passage exactly what states the answer is marked", () => {
  // given
  const page = "Letterhead. Net: 496.00. Total due:\n571.04 by 14 May. The end.";
  const passage = "Net: 496.00. Total due: 571.04 by 14 May.";

  // when / then
  assert.equal(marked(page, passage, [[46, 52], [36, 42]]), "Letterhead. Net: 496.00. Total due:\n<571.04> by <14 May>. The end.");
  assert.equal(marked(page, passage), "Letterhead. <Net: 496.00. Total due:\n571.04 by 14 May.> The end.");
});

test("a span of another text marks the words themselves, or nothing", () => {
  assert.equal(marked("3 of 3", "3", [[0, 2]]), "<3> of 3");
  assert.equal(marked("3 of 3", "3", [[9, 12]]), "<3> of 3");
  assert.equal(marked("4 of 4", "3", [[0, 1]]), "4 of 4");
  assert.equal(marked("3 of 3", "3 of 3", [[0, 3], [2, 4]]), "<3 of 3>"); // no spans of ours overlap
});

test("an original opens at its page, which only a PDF has", () => {
  assert.equal(originalAddress(7), "/api/v1/files/7/content");
  assert.equal(originalAddress(7, 3), "/api/v1/files/7/content#page=3");
});

const FILE = {
  file_id: 1, name: "a.txt", path: "/a.txt", size_bytes: 48213, state: "filed", note: "", document: "d", title: "", media_type: "",
  page_count: 0, read_status: "needs_ocr", seen: 0.5, added_at: "2026-11-26T00:00:00Z", classification: null,
};

test("only what is known of a file is shown", () => {
  // when
  const shown = new Map(facts(FILE, (id) => id));

  // then
  assert.deepEqual([...shown.keys()], ["Read", "Seen", "Size", "Added", "Path"]);
  assert.equal(shown.get("Read"), "needs OCR");
  assert.equal(shown.get("Size"), "47 KiB");
});

test("a decision says who made it, why, and how sure it is", () => {
  // given
  const classification = { category: "letter", confidence: 0.914, tier: "person", reason: "you said so", scores: [] };

  // when
  const shown = new Map(facts({ ...FILE, classification }, (id) => id.toUpperCase()));

  // then
  assert.equal(shown.get("Category"), "LETTER, 91 % certain");
  assert.equal(shown.get("Decided by"), "person");
  assert.equal(shown.get("Why"), "you said so");
});

test("decisions come newest first, each with who made it", () => {
  // given
  const decision = (more) => ({ at: null, by: "", tier: "rules", category: "letter", confidence: 1, reason: "", review: false, ...more });

  // when
  const shown = history([
    decision({ tier: "small_model", by: "llama3.2:1b", confidence: 0.5 }),
    decision({ tier: "person", category: "contract" }),
  ], (id) => id.toUpperCase());

  // then
  assert.deepEqual(shown, [
    { what: "CONTRACT, 100 % certain", who: "person", when: "" },
    { what: "LETTER, 50 % certain", who: "small model, llama3.2:1b", when: "" },
  ]);
});
