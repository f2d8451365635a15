import assert from "node:assert/strict";
import { test } from "node:test";

import { say, speak } from "../../../src/twolane/web/common/say.js";
import { fieldName, inLanguage, shownName } from "../../../src/twolane/web/common/shipped.js";
import { told } from "../../../src/twolane/web/common/told.js";

globalThis.localStorage = { getItem: () => null, setItem: () => {} };
globalThis.document = { documentElement: { lang: "en", dir: "" }, querySelectorAll: () => [] };
Object.defineProperty(globalThis, "navigator", { value: { languages: ["de-AT", "en"] }, configurable: true });
await speak();

const category = (id, name, more = {}) => ({
  id, name, title: name, description: "A bill", parent: "", is_shipped_name: true, is_shipped_description: true, ...more,
});

test("a sentence is said in the page's language, with its values", () => {
  const from = { remedy: "run: twolane models pull m", said: { remedy: { code: "pull", values: { model: "m" } } } };
  assert.equal(told(from, "remedy"), "führen Sie aus: twolane models pull m");
});

test("sentences within sentences are said, and what they count is written as people do", () => {
  const also = { code: "hidden", values: { chars: "12,345" } };
  const why = { code: "without_tier", values: { tier: "small model", why: { code: "silent", values: {} } } };
  const from = { reason: "…", said: { reason: { code: "and", values: { why, also } } } };
  assert.equal(told(from, "reason"), "ohne kleines Modell: antwortet nicht rechtzeitig; verborgener Text wurde weggelassen: 12.345 Zeichen");
});

test("one is counted otherwise than several", () => {
  const note = (sheets) => told({ note: "", said: { note: { code: "hidden_sheets", values: { sheets } } } }, "note");
  assert.deepEqual([note("1"), note("2")], ["1 verborgenes Blatt", "2 verborgene Blätter"]);
});

test("what the page has no words for is said as the server says it, also where it is but a part", () => {
  assert.equal(told({ note: "quite new", said: { note: { code: "of_a_newer_server", values: {} } } }, "note"), "quite new");
  const why = { code: "of_a_newer_server", values: {} };
  assert.equal(told({ note: "a: quite new", said: { note: { code: "refused_unpacking", values: { why } } } }, "note"), "a: quite new");
  assert.equal(told({ note: "of an older server" }, "note"), "of an older server");
});

test("categories that nobody has named are called in the page's language, others as people call them", () => {
  // given
  const own = category("invoice", "Bills", { is_shipped_name: false, is_shipped_description: false });
  const within = category("receipt", "Receipt", { parent: "invoice", title: "Bills: Receipt" });

  // when
  const shown = inLanguage([own, within, category("letter", "Letter")]);

  // then
  assert.deepEqual(shown.map(({ name, title }) => [name, title]), [["Bills", "Bills"], ["Quittung", "Bills: Quittung"], ["Brief", "Brief"]]);
  assert.equal(shown[0].description, "A bill");
  assert.equal(shown[1].description, say().shipped.descriptions.receipt);
  const from = { reason: "", said: { reason: { code: "similar", values: { category: "Letter", share: "0.93" } } } };
  assert.equal(told(from, "reason"), "ähnlich zu „Brief“ (0,93)");
  assert.equal(shownName("Nobody's"), "Nobody's");
});

test("fields that ship are called in the page's language, others as they are named", () => {
  assert.deepEqual([fieldName("total_due", "Total due"), fieldName("grade", "Grade")], ["Zu zahlen", "Grade"]);
});
