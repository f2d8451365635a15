import assert from "node:assert/strict";
import { test } from "node:test";

import { listConversations } from "../../../src/twolane/web/common/api.js";

test("more conversations than the server lists at once come in parts", async (given) => {
  // given a server with 1003 of them
  const asked = [];
  given.mock.method(globalThis, "fetch", async (address) => {
    const query = new URLSearchParams(address.split("?")[1]);
    const [limit, offset] = [Number(query.get("limit")), Number(query.get("offset"))];
    asked.push(`${limit} from ${offset}`);
    const ids = Array.from({ length: Math.max(0, Math.min(limit, 1003 - offset)) }, (_, at) => ({ id: String(offset + at) }));
    return Response.json({ conversations: ids, total: 1003 });
  });

  // when
  const some = await listConversations("", 50);
  const all = await listConversations("", 1050);

  // then
  assert.deepEqual([some.conversations.length, some.total], [50, 1003]);
  assert.deepEqual(all.conversations.map(({ id }) => Number(id)), [...Array(1003).keys()]);
  assert.deepEqual(asked, ["50 from 0", "500 from 0", "500 from 500", "50 from 1000"]);
});
