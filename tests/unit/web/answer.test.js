import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_ANSWER, after, cost, ended, parted, pieces, waiting, where } from "../../../src/twolane/web/ask/answer.js";

const source = (number, more = {}) => ({
  number, file_id: number, name: `${number}.txt`, path: `/${number}.txt`, title: "", page: 1, heading: "", text: "", ocr: false,
  ...more,
});
const SOURCES = { name: "sources", data: { sources: [source(1), source(2), source(3)] } };
const DONE = {
  name: "done",
  data: { text: "Whole [2].", cited: [2], refused: false, first_token_s: 0.25, seconds: 1.5, prompt_tokens: 9, completion_tokens: 3 },
};
const text = (words) => ({ name: "text", data: { text: words } });
const answerOf = (...events) => events.reduce(after, NO_ANSWER);

test("an answer grows with its words, and ends with the whole of it", () => {
  // when
  const begun = answerOf(SOURCES, text("Who"), text("le [2]"));
  const whole = after(begun, DONE);

  // then
  assert.equal(begun.text, "Whole [2]");
  assert.equal(ended(begun), false);
  assert.equal(whole.text, "Whole [2].");
  assert.equal(ended(whole), true);
  assert.equal(cost(whole), "1.5 s, first word after 0.3 s");
});

test("what was cited stands apart from what was only looked at", () => {
  // when
  const citing = answerOf(SOURCES, { name: "citation", data: { number: 3 } }, { name: "citation", data: { number: 3 } });
  const { cited, others } = parted(after(citing, DONE));

  // then
  assert.deepEqual(citing.cited, [3]);
  assert.deepEqual(cited.map(({ number }) => number), [2]); // the end says what was right
  assert.deepEqual(others.map(({ number }) => number), [1, 3]);
});

test("an error ends an answer and keeps its words; the end that follows says less", () => {
  // when
  const broken = answerOf(SOURCES, text("The lease"), { name: "error", data: { error: "it stopped", remedy: "ask again" } }, DONE);

  // then
  assert.equal(broken.text, "The lease");
  assert.deepEqual(broken.trouble, { message: "it stopped", remedy: "ask again" });
  assert.equal(broken.done, null);
});

test("a refusal says its reason where there are no words", () => {
  // given
  const refusal = { name: "refusal", data: { reason: "Not in your files." } };

  // then
  assert.equal(answerOf(refusal).text, "Not in your files.");
  assert.equal(answerOf(text("I cannot say."), refusal).text, "I cannot say.");
  assert.equal(answerOf(refusal).refused, true);
});

test("an event of a newer server changes nothing", () => {
  assert.equal(after(NO_ANSWER, { name: "thought", data: {} }), NO_ANSWER);
});

test("text is cut into text, bold text and citations, and nothing is lost", () => {
  // when
  const found = pieces("**Rent**: 950 euros [1], until June [2]. [1](javascript:alert(3)) <b>", [source(1), source(2)]);

  // then
  assert.deepEqual(found.map((piece) => [piece.kind, piece.kind === "cite" ? `${piece.source.number}${piece.after}` : piece.text]), [
    ["bold", "Rent"],
    ["text", ": 950 euros "],
    ["cite", "1,"],
    ["text", " until June "],
    ["cite", "2."],
    ["text", " "],
    ["cite", "1"],
    ["text", "(javascript:alert(3)) <b>"],
  ]);
});

test("a number without a source stays text, with the stop behind it", () => {
  for (const sources of [null, [], [source(2)]]) {
    assert.deepEqual(pieces("See [7].", sources).map((piece) => piece.text).join(""), "See [7].");
  }
  assert.deepEqual(pieces("", null), []);
});

test("waiting says what is done meanwhile", () => {
  assert.equal(waiting(NO_ANSWER), "Looking through your files");
  assert.equal(waiting({ ...NO_ANSWER, sources: [source(1)] }), "Reading one passage");
  assert.equal(waiting(answerOf(SOURCES)), "Reading 3 passages");
});

test("what took no time at all has no cost, and what was stopped says so", () => {
  assert.equal(cost({ ...NO_ANSWER, done: { ...DONE.data, seconds: 0 } }), "");
  assert.equal(cost({ ...NO_ANSWER, stopped: true }), "Stopped.");
});

test("a source says its page, and its heading where it has one", () => {
  assert.equal(where(source(1)), "page 1");
  assert.equal(where(source(1, { heading: "§ 4 Term" })), "page 1 · § 4 Term");
});
