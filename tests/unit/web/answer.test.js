import assert from "node:assert/strict";
import { test } from "node:test";

import {
  NO_ANSWER, after, answerOf as keptAnswer, asText, begun, cost, ended, isWeak, parted, rests, stated, unread, waiting, where,
} from "../../../src/twolane/web/ask/answer.js";
import { elapsed } from "../../../src/twolane/web/common/format.js";
import { kept, pieces } from "../../../src/twolane/web/ask/pieces.js";

const source = (number, more = {}) => ({
  number, file_id: number, name: `${number}.txt`, path: `/${number}.txt`, title: "", page: 1, place: "page 1", heading: "", text: "", ocr: false,
  ...more,
});
const SOURCES = { name: "sources", data: { sources: [source(1), source(2), source(3)] } };
const DONE = {
  name: "done",
  data: { text: "Whole [2].", cited: [2], citations: [{ number: 2, status: "verified", spans: [] }], refused: false, cut: false, first_token_s: 0.25, seconds: 1.5, prompt_tokens: 9, completion_tokens: 3 },
};
const cite = (number, status = "verified", ...spans) => ({
  name: "citation", data: { number, status, spans: spans.map(([start, end]) => ({ page: 1, start, end })) },
});
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
  const citing = answerOf(SOURCES, cite(3), cite(3));
  const { cited, others } = parted(after(citing, DONE));

  // then
  assert.deepEqual(parted(citing).cited.map(({ number }) => number), [3]);
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

test("values that differ are shown with where they stand, the newest first", () => {
  // given
  const values = [
    { value: "2.31", dated_at: "2025-01-02", file_id: 2, name: "tariff 2025.pdf", page: 2, place: "page 2" },
    { value: "1.98", dated_at: null, file_id: 1, name: "tariff.pdf", page: 1, place: "page 1" },
  ];

  // when
  const { contradictions } = answerOf(text("It is 2.31 [1]."), { name: "contradiction", data: { values } });

  // then
  assert.deepEqual(contradictions.map(stated), [["2.31 (2025-01-02, tariff 2025.pdf, page 2)", "1.98 (tariff.pdf, page 1)"]]);
});

test("a refusal that no model was asked for has no first word", () => {
  // given
  const refused = { ...DONE.data, refused: true, seconds: 0.31, first_token_s: 0 };

  // then
  assert.equal(cost(answerOf({ name: "done", data: refused })), "0.3 s");
});

test("an event of a newer server changes nothing", () => {
  assert.equal(after(NO_ANSWER, { name: "thought", data: {} }), NO_ANSWER);
});

test("text is cut into text, bold text and citations, and nothing is lost", () => {
  // when
  const cited = [1, 2].map((number) => ({ number, status: "verified", spans: [] }));
  const found = pieces("**Rent**: 950 euros [1], until June [2]. [1](javascript:alert(3)) <b>", [source(1), source(2)], cited);

  // then
  assert.deepEqual(found.map((piece) => [piece.kind, piece.kind === "cite" ? `${piece.source.number}${piece.after}` : piece.text]), [
    ["bold", "Rent"],
    ["text", ": 950 euros "],
    ["cite", "1,"],
    ["text", " until June "],
    ["cite", "2."],
    ["text", " [1](javascript:alert(3)) <b>"],
  ]);
});

test("a number in brackets that is code, or that nothing is cited for, is the text's own", () => {
  // given
  const said = "Take `rows[1]` and [1]: see rule [1] of it [1].";
  const cited = [{ number: 1, status: "verified", spans: [] }];

  // when
  const found = pieces(said, [source(1)], cited);

  // then
  assert.deepEqual(found.map(({ kind, text = "" }) => [kind, text]), [
    ["text", "Take "], ["code", "rows[1]"], ["text", " and "], ["cite", ""], ["text", " see rule [1] of it [1]."],
  ]);
});

test("what is drawn already stays while the text grows", () => {
  // given
  const cited = [{ number: 1, status: "verified", spans: [] }];
  const before = pieces("**Rent**: 950 [1] and", [source(1)], cited);

  // then
  assert.equal(kept(before, pieces("**Rent**: 950 [1] and more", [source(1)], structuredClone(cited))), 3);
  assert.equal(kept(before, pieces("**Rent**: 950 [1] and", [source(1)], [{ ...cited[0], status: "weak" }])), 2);
  assert.equal(kept(before, pieces("No", [source(1)], [])), 0);
  assert.equal(kept([], []), 0);
});

test("each mark in the text is one citation, with what it marks and whether it is weak", () => {
  // when
  const answer = answerOf(SOURCES, text("A [1]"), cite(1, "verified", [3, 5]), text(". B [1]"), cite(1, "weak", [0, 4], [3, 5]), text(" [2]"), cite(2, "weak"));
  const found = pieces(answer.text, answer.sources, answer.citations).filter(({ kind }) => kind === "cite");

  // then
  assert.deepEqual(found.map(({ citation }) => isWeak(citation)), [false, true, true]);
  assert.deepEqual(found.map(({ citation }) => citation.spans.length), [1, 2, 0]);
  assert.deepEqual(rests(answer, source(1)), { spans: [{ page: 1, start: 0, end: 4 }], weak: false }); // no mark overlaps another
  assert.deepEqual(rests(answer, source(2)), { spans: [], weak: true });
  assert.deepEqual(rests(answer, source(3)), { spans: [], weak: false });
});

test("links, images and addresses stay text", () => {
  for (const said of ["![x](http://h/x.png)", "[a](http://h/)", "<img src=http://h/x>", "http://h/", "[a]: http://h/", "<http://h/>"]) {
    assert.deepEqual(pieces(said, [source(1)], []), [{ kind: "text", text: said }]);
  }
});

test("a number without a source stays text, with the stop behind it", () => {
  for (const sources of [null, [], [source(2)]]) {
    assert.deepEqual(pieces("See [7].", sources, [{ number: 7, status: "verified", spans: [] }]).map((piece) => piece.text).join(""), "See [7].");
  }
  assert.deepEqual(pieces("", null, []), []);
});

test("waiting says what is done meanwhile", () => {
  assert.equal(waiting(NO_ANSWER), "Looking through your files");
  assert.equal(waiting({ ...NO_ANSWER, sources: [source(1)] }), "Reading one passage");
  assert.equal(waiting(answerOf(SOURCES)), "Reading 3 passages");
});

test("a question that waits says its place, until its first word", () => {
  // given
  const place = (at) => ({ name: "waiting", data: { place: at, waited_s: 2 } });

  // then
  assert.equal(waiting(answerOf(SOURCES, place(3))), "Number 3 in line");
  assert.equal(waiting(answerOf(SOURCES, place(3), place(1))), "Next in line");
  assert.equal(waiting(answerOf(SOURCES, place(1), place(0))), "Reading 3 passages");
  assert.equal(answerOf(SOURCES, place(1), text("It")).place, 0);
});

test("how long one has waited is told to the second", () => {
  assert.deepEqual([0, 59.4, 59.6, 75, 3600].map(elapsed), ["0 s", "59 s", "1 min 0 s", "1 min 15 s", "60 min 0 s"]);
});

test("a question that was searched for in full is kept", () => {
  assert.equal(answerOf({ name: "question", data: { question: "What does the lease cost?" } }, SOURCES).question, "What does the lease cost?");
});

const KEPT = {
  number: 1, question: "Rent?", full_question: "", state: "done", text: "It is 950 [2].", sources: SOURCES.data.sources,
  citations: DONE.data.citations, contradictions: [], catalogue: null, filters: [], without: [], refusal: null, error: null, seconds: 2,
  first_token_s: 0.5, cut: false, extracts: null, waiting_files: 0, asked_at: "2026-11-01T10:00:00Z",
};

test("an answer that was kept is as it was when it came", () => {
  // when
  const kept = keptAnswer({ ...KEPT, full_question: "What is the rent?" });

  // then
  assert.equal(kept.text, KEPT.text);
  assert.equal(kept.question, "What is the rent?");
  assert.equal(ended(kept), true);
  assert.equal(cost(kept), "2.0 s, first word after 0.5 s");
  assert.deepEqual(parted(kept).cited.map(({ number }) => number), [2]);
});

test("an answer that was kept says how it ended, or that it is not over", () => {
  // given
  const values = [{ value: "2.31", dated_at: null, file_id: 2, name: "tariff.pdf", page: 2, place: "page 2" }];
  const refusal = { reason: "Not in your files.", cause: "not_answered", unread: [] };

  // then
  assert.equal(cost(keptAnswer({ ...KEPT, state: "stopped" })), "Stopped.");
  assert.deepEqual(keptAnswer({ ...KEPT, state: "error", error: { error: "it stopped", remedy: "ask again" } }).trouble, {
    message: "it stopped", remedy: "ask again",
  });
  assert.equal(keptAnswer({ ...KEPT, text: "", refusal }).text, "Not in your files.");
  assert.equal(keptAnswer({ ...KEPT, text: "", refusal }).reason, "");
  assert.equal(keptAnswer({ ...KEPT, refusal }).reason, "Not in your files.");
  assert.deepEqual(keptAnswer({ ...KEPT, contradictions: [{ values }] }).contradictions, [values]);
  assert.equal(ended(keptAnswer({ ...KEPT, state: "answering" })), false);
});

test("an answer begins with its first word, and takes its place then", () => {
  assert.equal(begun(answerOf(SOURCES)), false);
  assert.equal(begun(answerOf(SOURCES, text("It"))), true);
  assert.equal(begun(answerOf(SOURCES, DONE)), true);
});

test("an answer is copied with what it cites", () => {
  assert.equal(asText(keptAnswer(KEPT)), "It is 950 [2].\n\n- [2] 2.txt, page 1");
  assert.equal(asText(answerOf(text("Yes."))), "Yes.");
});

test("what took no time at all has no cost, and what was stopped says so", () => {
  assert.equal(cost({ ...NO_ANSWER, done: { ...DONE.data, seconds: 0 } }), "");
  assert.equal(cost({ ...NO_ANSWER, done: { ...DONE.data, seconds: 0.02, first_token_s: 0.02 } }), "");
  assert.equal(cost({ ...NO_ANSWER, stopped: true }), "Stopped.");
});

test("a source says its place, and its heading where that adds any", () => {
  assert.equal(where(source(1, { place: "section § 4 Term", heading: "§ 4 Term" })), "section § 4 Term");
  assert.equal(where(source(1, { place: "" })), "");
  assert.equal(where(source(1)), "page 1");
  assert.equal(where(source(1, { heading: "§ 4 Term" })), "page 1 · § 4 Term");
});

test("what is quoted until a model answers is taken back when it does", () => {
  // when
  const quoted = answerOf(SOURCES, { name: "extracts", data: { cause: "loading" } }, text("Quoted [1]"), cite(1));
  const answered = [SOURCES, text("Whole [2]"), DONE].reduce(after, quoted);

  // then
  assert.equal(quoted.extracts, "loading");
  assert.equal(answered.extracts, "");
  assert.equal(answered.text, "Whole [2].");
});

test("an answer says how many files it leaves out", () => {
  // when
  const left = (waiting_files) => unread(answerOf(SOURCES, { ...DONE, data: { ...DONE.data, waiting_files } }));

  // then
  assert.deepEqual([left(0), left(1)], ["", "1 file has not been read yet."]);
  assert.equal(left(12000), "12,000 files have not been read yet.");
});
