import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS } from "../../../src/twolane/web/common/places.js";
import { PAGE_SIZE, choices, filtered, noteOf, onlyReview, queryOf, rangeOf } from "../../../src/twolane/web/files/list.js";

test("the API is asked for what is wanted, and for what waits for a person first", () => {
  // when
  const query = queryOf({ state: "filed", category: "letter", q: "Ada & Co", from: 50 });

  // then
  assert.deepEqual(Object.fromEntries(query), {
    order: "review", limit: String(PAGE_SIZE), offset: "50", state: "filed", category: "letter", text: "Ada & Co",
  });
  assert.deepEqual([...queryOf(NO_FILTERS).keys()], ["order", "limit", "offset"]);
});

test("the page of the list is no filter", () => {
  assert.equal(filtered({ ...NO_FILTERS, from: 50 }), false);
  assert.equal(filtered({ ...NO_FILTERS, q: "x" }), true);
  assert.equal(onlyReview({ ...NO_FILTERS, state: "review" }), true);
  assert.equal(onlyReview({ ...NO_FILTERS, state: "review", q: "x" }), false);
});

test("states with files can be chosen, gone files are in none but their own", () => {
  // when
  const shown = choices({ filed: 3, review: 1, waiting: 0, gone: 9 }, "");

  // then
  assert.deepEqual(shown.map(({ state, number }) => [state, number]), [["", 4], ["review", 1], ["filed", 3], ["gone", 9]]);
});

test("a chosen state stays to be seen when its last file has left it", () => {
  assert.deepEqual(choices({ filed: 1 }, "review").map(({ state }) => state), ["", "review", "filed"]);
  assert.deepEqual(choices({}, ""), []);
});

test("the range of a page says where it is, and whether there is another", () => {
  const files = Array.from({ length: 20 });
  assert.deepEqual(rangeOf({ files, total: 120, offset: 100, limit: 50 }), {
    text: "101 to 120 of 120", first: false, last: true, one: false,
  });
  assert.equal(rangeOf({ files, total: 20, offset: 0, limit: 50 }).one, true);
});

test("a file that was read in part says so, unless its note says more", () => {
  assert.equal(noteOf({ note: "", seen: 0.25 }), "the first 25 % was read");
  assert.equal(noteOf({ note: "encrypted", seen: 0 }), "encrypted");
  assert.equal(noteOf({ note: "", seen: 1 }), "");
});
