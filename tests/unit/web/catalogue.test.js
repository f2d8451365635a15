import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_ANSWER, after } from "../../../src/twolane/web/ask/answer.js";
import { about, told } from "../../../src/twolane/web/ask/counted.js";
import { inWords, keyOf } from "../../../src/twolane/web/ask/filters.js";

const FILTER = { kind: "date", value: "2018-01-01/2018-12-31", label: "2018", words: "from 2018" };
const row = (more = {}) => ({
  file_id: 1, name: "a.pdf", path: "/a.pdf", title: "", category: "invoice", dated_at: null, correspondent: "", amount: "",
  document: "a", page: 0, review: false, ...more,
});
const counted = (...rows) => ({
  intent: "list", rows, total: rows.length, totals: [], unread: [], unreviewed: 0, without_value: 0,
});

test("what was read out of a question is kept, and what is taken away is named as the API names it", () => {
  // when
  const answer = after(NO_ANSWER, { name: "filters", data: { filters: [FILTER] } });
  const again = after(answer, { name: "filters", data: { filters: [] } });

  // then
  assert.deepEqual(answer.filters, [FILTER]);
  assert.deepEqual(again.filters, []);
  assert.equal(keyOf(FILTER), "date:2018-01-01/2018-12-31");
  assert.equal(inWords(FILTER), "Date: 2018");
});

test("the lines of a text that the table shows are not shown twice", () => {
  // given
  const catalogue = counted(row({ dated_at: "2018-10-01" }), row({ amount: "5.00 EUR" }));
  const text = "Files in your catalogue that fit: 2.\n- a.pdf (2018-10-01)\n- b.pdf\nNot read: scans (1).";

  // when
  const answer = [{ name: "catalogue", data: catalogue }, { name: "text", data: { text } }].reduce(after, NO_ANSWER);

  // then
  assert.equal(told(answer), "Files in your catalogue that fit: 2.\nNot read: scans (1).");
  assert.equal(told({ ...answer, catalogue: null }), text);
});

test("a file that is counted says what is known of it", () => {
  assert.equal(about(row({ dated_at: "2018-10-01", correspondent: "Nordlicht", review: true })), "2018-10-01 · Nordlicht · to review");
  assert.equal(about(row()), "");
});
