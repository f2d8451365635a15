import assert from "node:assert/strict";
import { test } from "node:test";

import { keptOf, spellings } from "../../../src/twolane/web/correspondents/merging.js";

const one = (name, documents, names = [name]) => ({ correspondent_id: name.length, name, names, documents });

test("of those that are merged the one that sent most gives its name, and else the one whose name says most", () => {
  assert.equal(keptOf([one("SW Halden", 2), one("Stadtwerke Halden GmbH", 5)]).name, "Stadtwerke Halden GmbH");
  assert.equal(keptOf([one("SW Halden", 2), one("Stadtwerke Halden", 2)]).name, "Stadtwerke Halden");
  assert.equal(keptOf([]), undefined);
});

test("a name is none of its other spellings", () => {
  assert.deepEqual(spellings(one("Halden", 2, ["SW Halden", "Halden", "HALDEN AG"])), ["HALDEN AG", "SW Halden"]);
});
