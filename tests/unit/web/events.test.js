import assert from "node:assert/strict";
import { test } from "node:test";

import { EventParser } from "../../../src/twolane/web/common/events.js";

const STREAM = 'event: text\ndata: {"text": "Zwölf — 12"}\n\n: ping\n\nevent: done\r\ndata: one\r\ndata: two\r\n\r\ndata:bare\n\n';
const EVENTS = [
  { name: "text", data: '{"text": "Zwölf — 12"}' },
  { name: "done", data: "one\ntwo" },
  { name: "message", data: "bare" },
];

test("a stream gives the same events wherever it is cut", () => {
  for (let first = 0; first <= STREAM.length; first += 1) {
    for (const second of [first, first + 1, first + 7]) {
      // given
      const pieces = [STREAM.slice(0, first), STREAM.slice(first, second), STREAM.slice(second)];

      // when
      const parser = new EventParser();
      const events = pieces.flatMap((piece) => parser.take(piece));

      // then
      assert.deepEqual(events, EVENTS, `cut at ${first} and ${second}`);
    }
  }
});

test("an event that has not ended is not given", () => {
  // given
  const parser = new EventParser();

  // when
  const events = parser.take("event: text\ndata: half of it\n");

  // then
  assert.deepEqual(events, []);
  assert.deepEqual(parser.take("\n"), [{ name: "text", data: "half of it" }]);
});

test("an event without data says nothing, and its name is not the next one's", () => {
  // when
  const events = new EventParser().take("event: text\n\ndata: 1\n\nid: 7\nretry: 10\n\n");

  // then
  assert.deepEqual(events, [{ name: "message", data: "1" }]);
});
