import assert from "node:assert/strict";
import { test } from "node:test";

import { partsOf, snippet } from "../../../src/twolane/web/search/hits.js";
import { NO_SEARCH, everywhere, inAddress, narrowedBy, queryOf, wantedAt } from "../../../src/twolane/web/common/sought.js";

const BILLS = { ...NO_SEARCH, q: "bill & more", category: "invoice", since: "2025-01-01", kind: "image/*", sort: "newest" };

test("an address says a search, both ways", () => {
  assert.deepEqual(wantedAt(new URLSearchParams(String(inAddress(BILLS)))), BILLS);
});

test("what an address says wrongly is left out", () => {
  const asked = new URLSearchParams("q=x&since=soon&sort=best&state=lost&correspondent=ada&kind=<b>");
  assert.deepEqual(wantedAt(asked), { ...NO_SEARCH, q: "x" });
});

test("the API is asked for what is wanted, in parts", () => {
  assert.equal(
    decodeURIComponent(String(queryOf(BILLS, 20))),
    "query=bill+&+more&order=newest&dated_from=2025-01-01&category=invoice&kind=image/*&offset=20&limit=20",
  );
});

test("everywhere is without what narrows, and with what was typed", () => {
  assert.deepEqual(narrowedBy(BILLS), ["category", "since", "kind"]);
  assert.deepEqual(everywhere(BILLS), { ...NO_SEARCH, q: "bill & more", sort: "newest" });
});

test("marks count whole characters", () => {
  assert.deepEqual(partsOf("😀 rent now", [{ start: 12, end: 16 }], 10).map(({ text, marked }) => (marked ? `[${text}]` : text)), ["😀 ", "[rent]", " now"]);
});

test("a snippet begins with a word a little before the first mark, and says where it was cut", () => {
  const text = `${"word ".repeat(40)}the rent\n is due ${"later ".repeat(80)}`;
  const at = text.indexOf("rent");
  const parts = snippet({ text, start: 5, end: 5 + text.length, page: 1, place: "", heading: "", ocr: false, marks: [{ start: at + 5, end: at + 9 }] });
  const shown = parts.map((part) => part.text).join("");
  assert.match(shown, /^… word .*the rent is due later .* …$/);
  assert.deepEqual(parts.filter((part) => part.marked).map((part) => part.text), ["rent"]);
});
