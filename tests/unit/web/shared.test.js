import assert from "node:assert/strict";
import { test } from "node:test";

import { told } from "../../../src/twolane/web/files/shared.js";

test("what became of shared files is told in words, and nothing else is", () => {
  assert.equal(told("?new=1&known=0&refused=0"), "One file is being filed");
  assert.equal(told("?new=2&known=1&refused=3"), "2 files are being filed. One is there already. 3 could not be taken in");
  for (const search of ["", "?", "?new=0", "?new=-1", "?new=<b>", "?other=1", "?new=99999999"]) assert.equal(told(search), "");
});
