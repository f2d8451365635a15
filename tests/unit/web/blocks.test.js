import assert from "node:assert/strict";
import { test } from "node:test";

import { blocks } from "../../../src/twolane/web/ask/blocks.js";
import { cited, pieces } from "../../../src/twolane/web/ask/pieces.js";

const paragraph = (text) => ({ kind: "paragraph", text });
const item = (text, ...below) => ({ text, below });

const FORMS = {
  "one\ntwo\n\nthree": [paragraph("one\ntwo"), paragraph("three")],
  "## The term ##\nIt ends.": [{ kind: "heading", level: 2, text: "The term" }, paragraph("It ends.")],
  "#1 is no heading": [paragraph("#1 is no heading")],
  "a\n\n---\nb": [paragraph("a"), { kind: "rule" }, paragraph("b")],
  "> said\n> so\nthen": [{ kind: "quote", text: "said\nso" }, paragraph("then")],
  "```py\n- a\n\n# b\n```\nafter": [{ kind: "code", text: "- a\n\n# b" }, paragraph("after")],
  "```\nstill written": [{ kind: "code", text: "still written" }],
  "So:\n- one\n  goes on\n- two\n  - in it\n\n3. third\n4) fourth": [
    paragraph("So:"),
    { kind: "list", ordered: false, start: 1, items: [
      item("one\ngoes on"), item("two", { kind: "list", ordered: false, start: 1, items: [item("in it")] }),
    ] },
    { kind: "list", ordered: true, start: 3, items: [item("third"), item("fourth")] },
  ],
  "at the end of\n2025. It is": [paragraph("at the end of\n2025. It is")],
  "| a | b\\|c |\n|---|--:|\n| 1 | 2 | 3 |\nend": [
    { kind: "table", head: ["a", "b|c"], ends: [false, true], rows: [["1", "2"]] }, paragraph("end"),
  ],
  "either | or\nthat": [paragraph("either | or\nthat")],
  "-\n*\n+": [paragraph("-\n*\n+")],
};

for (const [text, expected] of Object.entries(FORMS)) {
  test(`blocks of ${JSON.stringify(text)}`, () => {
    assert.deepEqual(blocks(text), expected);
  });
}

test("whatever is cut anywhere has an end, and loses no word", () => {
  const said = Object.keys(FORMS).join("\n\n");
  for (let at = 0; at <= said.length; at += 1) {
    const text = JSON.stringify(blocks(said.slice(0, at)));
    for (const word of ["two", "said", "third"]) if (said.slice(0, at).includes(`${word}\n`)) assert.ok(text.includes(word));
  }
});

test("lists that are ever deeper have an end", () => {
  const deep = Array.from({ length: 2000 }, (_, at) => `${" ".repeat(at)}- x`).join("\n");
  assert.equal(blocks(deep).length, 1);
});

test("bold and italic text, within which citations are citations", () => {
  // given
  const source = { number: 1 };
  const citations = [1, 1].map((number) => ({ number, status: "verified", spans: [] }));

  // when
  const found = pieces("**It is *950* [1].** snake_case and 2 * 3 * 4, _so_ [1]", [source], citations);

  // then
  assert.equal(cited(found), 2);
  assert.deepEqual(found.filter(({ kind }) => kind === "italic").map(({ text }) => text), ["950", "so"]);
  assert.ok(found.some(({ kind, text }) => kind === "text" && text.includes("snake_case and 2 * 3 * 4")));
});
