import assert from "node:assert/strict";
import { test } from "node:test";

import { Heights } from "../../../src/twolane/web/common/heights.js";
import { Pieces } from "../../../src/twolane/web/common/pieces.js";

test("rows that were not seen are as tall as those that were, and a row is found by where it is", () => {
  // given
  const heights = new Heights(40);
  heights.resize(10_000);

  // when
  const isNew = [[[0, 50], [1, 70], [2, 0]], [[1, 70]], [[2, 0]], []].map((rows) => heights.take(rows));

  // then
  assert.deepEqual(isNew, [true, false, false, false]);
  assert.deepEqual([0, 1, 2, 3].map((index) => heights.before(index)), [0, 50, 120, 180]);
  assert.deepEqual([0, 49, 50, 119, 120, 1e9].map((pixels) => heights.at(pixels)), [0, 0, 1, 1, 2, 9_999]);
  heights.resize(2);
  assert.equal(heights.before(2), 120);
  heights.resize(0);
  assert.deepEqual([heights.at(10), heights.before(0)], [0, 0]);
});

/** A list of so many numbers on a server that tells what it was asked for. */
function served(count) {
  const server = { count, asked: [], seen: null, failed: [] };
  server.pieces = new Pieces(
    async (offset, limit) => {
      server.asked.push(offset);
      if (server.broken) throw new Error("gone");
      const items = Array.from({ length: Math.max(0, Math.min(limit, server.count - offset)) }, (_, at) => offset + at);
      return { items, total: server.count };
    },
    (items, total) => { server.seen = { items: [...items], total }; },
    (error) => server.failed.push(error.message),
  );
  return server;
}

test("a piece is fetched once, when it comes into sight", async () => {
  // given
  const server = served(1000);

  // when
  await server.pieces.reload();
  await server.pieces.need(90, 110);
  await server.pieces.need(95, 120);

  // then
  assert.deepEqual(server.asked, [0, 100]);
  assert.equal(server.seen.total, 1000);
  assert.deepEqual([server.seen.items[0], server.seen.items[199], server.seen.items[200]], [0, 199, undefined]);
});

test("after a change only what is seen is fetched anew, and the rest when it is seen", async () => {
  // given
  const server = served(1000);
  await server.pieces.reload();
  await server.pieces.need(300, 310);

  // when
  server.count = 999;
  await server.pieces.reload();

  // then
  assert.deepEqual(server.asked, [0, 300, 300]);
  assert.equal(server.seen.items[0], undefined);
  await server.pieces.need(0, 10);
  assert.equal(server.seen.items[0], 0);
});

test("what was added meanwhile lets all other pieces be fetched again", async () => {
  // given
  const server = served(1000);
  await server.pieces.reload();

  // when
  server.count = 1001;
  await server.pieces.need(500, 520);
  await server.pieces.need(0, 10);

  // then
  assert.deepEqual(server.asked, [0, 500, 0]);
  assert.deepEqual([server.seen.total, server.seen.items[0], server.seen.items[500]], [1001, 0, 500]);
});

test("a list that became shorter than what was seen is seen from its beginning", async () => {
  // given
  const server = served(1000);
  await server.pieces.reload();
  await server.pieces.need(900, 910);

  // when
  server.count = 10;
  await server.pieces.reload();

  // then
  assert.deepEqual(server.seen.items.length, 10);
});

test("what fails is told, and fetched again when it is needed again", async () => {
  // given
  const server = served(1000);
  await server.pieces.reload();

  // when
  server.broken = true;
  await server.pieces.need(200, 210);
  server.broken = false;
  await server.pieces.need(200, 210);

  // then
  assert.deepEqual(server.failed, ["gone"]);
  assert.equal(server.seen.items[200], 200);
});
