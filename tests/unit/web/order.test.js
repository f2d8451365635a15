import assert from "node:assert/strict";
import { test } from "node:test";

import { cutAt, folderOf, grouped, nameChange, nameIn, pieces, sharedBy } from "../../../src/twolane/web/order/paths.js";
import { actsOf, outcome, pace, soFar, wouldDo } from "../../../src/twolane/web/order/words.js";

test("a path is cut behind its folders, on any system, and is whole again when put together", () => {
  for (const path of ["/home/ada/a b.pdf", "C:\\Users\\ada\\x.pdf", "/", "name", "/семья/מכתב.pdf", "/a/b\\c"]) {
    assert.equal(pieces(path).join(""), path);
    assert.equal(folderOf(path) + nameIn(path), path);
  }
  assert.deepEqual(pieces("C:\\a\\b"), ["C:\\", "a\\", "b"]);
  assert.equal(nameIn("/a/b\\c"), "b\\c");
});

test("what folders share ends at a folder", () => {
  assert.equal(sharedBy(["/home/ada/in/", "/home/ada/invoices/"]), "/home/ada/");
  assert.equal(sharedBy(["/a/b/"]), "/a/b/");
  assert.equal(sharedBy(["C:\\a\\", "D:\\a\\"]), "");
  assert.equal(sharedBy([]), "");
});

test("moves stand by the folder that they go to, in their order", () => {
  // given
  const moves = [
    { source: "/d/in/1.pdf", target: "/d/in/Bills/1.pdf" }, { source: "/d/in/sub/2.pdf", target: "/d/in/Bills/2.pdf" },
    { source: "/d/in/3.pdf", target: "/d/Out/3.pdf" },
  ];

  // when
  const groups = grouped(moves);

  // then
  assert.deepEqual(groups.map(({ shared, folder }) => [shared, folder]), [["/d/in/", "Bills/"], ["/d/", "Out/"]]);
  assert.deepEqual(groups.flatMap((group) => group.moves), moves);
});

test("only what is new in a name is stressed, and no letter is cut", () => {
  const change = (was, becomes) => nameChange(was, becomes).map(({ text, changed }) => (changed ? `[${text}]` : text)).join("");
  assert.equal(change("scan-17.pdf", "2025-03-01 scan-17.pdf"), "[2025-03-01 ]scan-17.pdf");
  assert.equal(change("a.pdf", "a (2).pdf"), "a[ (2)].pdf");
  assert.equal(change("aa.pdf", "aaa.pdf"), "aa[a].pdf");
  assert.equal(change("e\u0301.txt", "e\u0300.txt"), "[e\u0300].txt");
  assert.equal(change("👩‍👧.txt", "👩‍👦.txt"), "[👩‍👦].txt");
  assert.equal(change("same", "same"), "same");
  assert.equal(change("abc", "ac"), "ac");
});

test("a template is cut where the server says, which counts whole characters", () => {
  assert.deepEqual(cutAt("😀/{nope}", 2), { good: "😀/", wrong: "{nope}" });
});

test("a plan says what it would do, and how far it is", () => {
  assert.equal(wouldDo(1, 1, "copy"), "1 file would be copied, to 1 folder");
  assert.equal(wouldDo(0, 0, "move"), "No file would be moved");
  assert.equal(soFar({ counts: { done: 3, left: 1, proposed: 0 } }), "3 done, 1 left in place");
  assert.equal(soFar({ counts: {} }), "no files");
});

test("the pace counts only what was done since it began", () => {
  assert.equal(pace({ done: 512, total: 1536, left: 1 }, 2), "512 of 1536 · 256 files/s · 4 s left · 1 stays");
  assert.equal(pace({ done: 600, total: 700, left: 0 }, 10, 500), "600 of 700 · 10 files/s · 10 s left");
  assert.equal(pace({ done: 0, total: 7, left: 0 }, 0), "0 of 7");
  assert.equal(pace({ done: 7, total: 7, left: 2 }, 1), "7 of 7 · 7.0 files/s · 2 stay");
});

test("the outcome names what stays, and what was stopped", () => {
  const plan = { name: "spring", state: "applied", counts: { done: 9, left: 1 } };
  assert.equal(outcome(plan, "apply"), "9 files are where they belong; 1 stays as it is");
  assert.equal(outcome({ ...plan, state: "undone", counts: { undone: 1 } }, "undo"), "1 file is back");
  assert.equal(outcome({ ...plan, state: "applying", counts: { done: 2, proposed: 8 } }, "apply"), "spring has stopped: 8 to do, 2 done");
});

test("what was not finished can be finished or undone, and what was left tried again", () => {
  const texts = (state, counts = {}) => actsOf({ state, counts }).map(([act, text]) => `${act}: ${text}`);
  assert.deepEqual(texts("proposed"), ["apply: Apply"]);
  assert.deepEqual(texts("applying"), ["apply: Finish", "undo: Undo"]);
  assert.deepEqual(texts("applied", { left: 2 }), ["undo: Undo", "apply: Try the rest again"]);
  assert.deepEqual(texts("undoing"), ["undo: Finish the undo"]);
  assert.deepEqual(texts("undone"), ["apply: Apply again"]);
});
