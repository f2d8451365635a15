import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTERS } from "../../../src/twolane/web/common/places.js";
import { PAGE_SIZE, choices, chosen, filtered, noteOf, onlyReview, queryOf, sortOf, sortedNext, trail } from "../../../src/twolane/web/files/list.js";

test("the API is asked for what is wanted, and for what waits for a person first", () => {
  // when
  const query = queryOf({ ...NO_FILTERS, state: "filed", category: "letter", q: "Ada & Co", folder: "/home/ada" }, 50);

  // then
  assert.deepEqual(Object.fromEntries(query), {
    order: "review", limit: String(PAGE_SIZE), offset: "50", state: "filed", category: "letter", folder: "/home/ada", text: "Ada & Co",
  });
  assert.deepEqual([...queryOf(NO_FILTERS).keys()], ["order", "limit", "offset"]);
});

test("a column sorts, then the other way round, then no longer", () => {
  // given
  const usual = NO_FILTERS;

  // when
  const first = { ...usual, ...sortedNext(usual, "name") };
  const second = { ...first, ...sortedNext(first, "name") };
  const third = { ...second, ...sortedNext(second, "name") };

  // then
  assert.deepEqual([usual, first, second, third].map((filters) => sortOf(filters, "name")), ["none", "ascending", "descending", "none"]);
  assert.equal(sortOf({ ...usual, order: "date" }, "date"), "descending");
  assert.equal(sortOf({ ...usual, order: "date", reverse: true }, "date"), "ascending");
  assert.equal(queryOf(second).get("reverse"), "true");
  assert.equal(queryOf(third).get("reverse"), null);
});

test("the API is asked for days, senders, tags and fields", () => {
  // when
  const query = queryOf({
    ...NO_FILTERS, since: "2025-01-01", until: "2025-12-31", correspondent: [3, 7], tag: ["tax", "a b"], language: "de",
    field: ["total_due>=100"], order: "date",
  });

  // then
  assert.equal(String(query), "order=date&limit=100&offset=0&dated_from=2025-01-01&dated_to=2025-12-31&correspondent=3"
    + "&correspondent=7&tag=tax&tag=a+b&language=de&field=total_due%3E%3D100");
});

test("what is filtered by is said in words, and each part can be taken out alone", () => {
  // given
  const filters = {
    ...NO_FILTERS, since: "2025-01-01", correspondent: [3, 7], tag: ["tax"], language: "de", field: ["total_due>=100"],
  };

  // when
  const parts = chosen(filters, (id) => ({ 3: "Stadtwerke Halden" })[id] ?? `no. ${id}`);

  // then
  assert.deepEqual(parts.map(({ text }) => text), [
    "since 2025-01-01", "From Stadtwerke Halden", "From no. 7", "Tag tax", "German", "total due ≥ 100",
  ]);
  assert.deepEqual(parts[1].without, { correspondent: [7] });
  const left = parts.reduce((before, { without }) => ({ ...before, ...without }), filters);
  assert.equal(filtered({ ...left, correspondent: [] }), false);
});

test("days are said as one, two, or open ends", () => {
  const text = (since, until) => chosen({ ...NO_FILTERS, since, until }, String)[0].text;
  assert.equal(text("2025-01-01", "2025-01-01"), "2025-01-01");
  assert.equal(text("2025-01-01", "2025-02-01"), "2025-01-01 to 2025-02-01");
  assert.equal(text("", "2025-02-01"), "until 2025-02-01");
});

test("the page of the list is no filter", () => {
  assert.equal(filtered({ ...NO_FILTERS, from: 50, order: "date" }), false);
  assert.equal(filtered({ ...NO_FILTERS, tag: ["tax"] }), true);
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

test("a folder is shown with all that lead to it, on every system", () => {
  assert.deepEqual(trail("/home/ada/Ärzte"), [
    { name: "home", path: "/home" }, { name: "ada", path: "/home/ada" }, { name: "Ärzte", path: "/home/ada/Ärzte" },
  ]);
  assert.deepEqual(trail("C:\\Papers\\2026").map(({ path }) => path), ["C:", "C:\\Papers", "C:\\Papers\\2026"]);
});

test("a file that was read in part says so, unless its note says more", () => {
  assert.equal(noteOf({ note: "", seen: 0.25 }), "25 % of it was read");
  assert.equal(noteOf({ note: "encrypted", seen: 0 }), "encrypted");
  assert.equal(noteOf({ note: "", seen: 1 }), "");
});
