import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_SEARCH } from "../../../src/twolane/web/common/sought.js";
import { NO_FILTERS, addressOf, placeAt } from "../../../src/twolane/web/common/places.js";

const START = { view: "ask", conversation: "", filters: NO_FILTERS, file: null, page: null, plan: "", part: "", search: NO_SEARCH };

const ADDRESSES = {
  "#/ask": START,
  "#/files": { ...START, view: "files" },
  "#/lanes": { ...START, view: "lanes" },
  "#/search": { ...START, view: "search" },
  "#/search/tax%202025?q=refund": { ...START, view: "search", part: "tax 2025", search: { ...NO_SEARCH, q: "refund" } },
  "#/settings": { ...START, view: "settings" },
  "#/settings/users": { ...START, view: "settings", part: "users" },
  "#/files?state=review&q=rent+%26+more": {
    ...START, view: "files", filters: { ...NO_FILTERS, state: "review", q: "rent & more" },
  },
  "#/files?category=bank-statement&from=50": {
    ...START, view: "files", filters: { ...NO_FILTERS, category: "bank-statement", from: 50 },
  },
  "#/files/12": { ...START, view: "files", file: 12 },
  "#/files/12?page=3&state=filed": {
    ...START, view: "files", filters: { ...NO_FILTERS, state: "filed" }, file: 12, page: 3,
  },
  "#/files?since=2025-01-01&until=2025-12-31&correspondent=3&correspondent=7&tag=tax&tag=house+2&order=date": {
    ...START, view: "files",
    filters: {
      ...NO_FILTERS, since: "2025-01-01", until: "2025-12-31", correspondent: [3, 7], tag: ["tax", "house 2"], order: "date",
    },
  },
  "#/files?language=de&field=total_due%3E%3D100": {
    ...START, view: "files", filters: { ...NO_FILTERS, language: "de", field: ["total_due>=100"] },
  },
  "#/files?copies=true&order=name&reverse=true": {
    ...START, view: "files", filters: { ...NO_FILTERS, copies: true, order: "name", reverse: true },
  },
  "#/categories": { ...START, view: "categories" },
  "#/order": { ...START, view: "order" },
  "#/order/2026-11-27-1": { ...START, view: "order", plan: "2026-11-27-1" },
  "#/order/%D7%AA%D7%9B%D7%A0%D7%99%D7%AA%20100%25?file=12": { ...START, view: "order", plan: "תכנית 100%", file: 12 },
  "#/correspondents": { ...START, view: "correspondents" },
  "#/ask?file=12&page=3": { ...START, file: 12, page: 3 },
  "#/ask/0f3a9c": { ...START, conversation: "0f3a9c" },
  "#/ask/0f3a9c?file=12": { ...START, conversation: "0f3a9c", file: 12 },
  "#/files/12?conversation=0f3a9c&state=filed": {
    ...START, view: "files", conversation: "0f3a9c", file: 12, filters: { ...NO_FILTERS, state: "filed" },
  },
};

for (const [address, place] of Object.entries(ADDRESSES)) {
  test(`${address} is a place, and the place has this address`, () => {
    assert.deepEqual(placeAt(address), place);
    assert.equal(addressOf(place), address);
  });
}

for (const address of ["", "#", "#/", "#/nothing", "#/__proto__", "#/ask/a%20b", "#/ask/..", "#ask", "#/?page=2"]) {
  test(`${JSON.stringify(address)} leads to the start`, () => {
    assert.deepEqual(placeAt(address), START);
  });
}

const WRONG = [
  "#/files/abc", "#/files/-1", "#/files/0", "#/files/1e3", "#/files/99999999999999999999", "#/files/?state=stolen",
  "#/files?from=-5", "#/files?from=x", "#/files?page=2", "#/files?since=2025-02-30", "#/files?until=yesterday",
  "#/files?correspondent=x", "#/files?tag=", "#/files?order=size", "#/files?conversation=a/b",
];
for (const address of WRONG) {
  test(`what ${address} says wrongly is left out`, () => {
    assert.deepEqual(placeAt(address), { ...START, view: "files" });
  });
}

test("any word can be looked for, and stands in the address", () => {
  for (const q of ["?", "#", "&state=gone", "100 %", "Müller/Söhne", "日本 語", "<b>", "a=b", "+"]) {
    // when
    const address = addressOf({ ...START, view: "files", filters: { ...NO_FILTERS, q } });

    // then
    assert.equal(placeAt(address).filters.q, q);
    assert.equal(placeAt(address).filters.state, "");
    assert.equal(new URL(address, "http://127.0.0.1/").hash, address); // a browser keeps it as it is
  }
});

test("the address of a view that is called otherwise now leads to it", () => {
  assert.deepEqual(placeAt("#/status"), { ...START, view: "lanes" });
});
