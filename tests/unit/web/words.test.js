import assert from "node:assert/strict";
import { test } from "node:test";

import { count, duration, percent, size } from "../../../src/twolane/web/common/format.js";
import { RateMeter } from "../../../src/twolane/web/lanes/rate.js";
import { backupRows, folderRow, jobsRow, proofRows, queueWord, reasons, tierRows, troubles, wordOf, workerRow } from "../../../src/twolane/web/lanes/words.js";

const READY = { ready: true, reachable: true, loaded: true, detail: "loaded", remedy: "" };
const lane = (name, health = READY) => ({ name, model: "m", runtime: "ollama", url: "u", health });
const DOWN = { ready: false, reachable: false, detail: "nothing answers", remedy: "start it" };

test("a lane is ready, loading or down", () => {
  assert.equal(wordOf(READY), "ready");
  assert.equal(wordOf({ ready: false, reachable: true }), "loading");
  assert.equal(wordOf(DOWN), "down");
});

test("a lane that is down says its remedy, and that the other goes on", () => {
  // when
  const [found, ...more] = troubles({ lanes: [lane("filing", DOWN), lane("chat")], embedder: READY });

  // then
  assert.deepEqual(found, {
    message: "Filing: nothing answers", remedy: "start it", aside: "Questions are still answered.",
  });
  assert.deepEqual(more, []);
});

test("where both lanes are down, nothing goes on", () => {
  // when
  const found = troubles({ lanes: [lane("filing", DOWN), lane("chat", DOWN)], embedder: { ...READY, ...DOWN } });

  // then
  assert.deepEqual(found.map(({ aside }) => aside), ["", "", ""]);
  assert.equal(found[2].message, "Search by meaning: nothing answers");
});

test("an embedder that is ready and does not know a language says its remedy", () => {
  // given
  const embedder = { ...READY, detail: "it does not know the language of 9 files (de)", remedy: "take another" };

  // when
  const found = troubles({ lanes: [lane("filing"), lane("chat")], embedder });

  // then
  assert.deepEqual(found.map(({ remedy }) => remedy), ["take another"]);
});

test("jobs that wait say for how long", () => {
  assert.deepEqual(jobsRow("read", { lane: "filing", queued: 2, running: 1, done: 5000, parked: 0, oldest_s: 125 }),
    ["read", "Filing", "2", "1", "5,000", "0", "2 min"]);
  assert.equal(jobsRow("read", { lane: "filing", queued: 0, running: 0, done: 5, parked: 0, oldest_s: 0 }).at(-1), "–");
  const worker = { name: "a", lane: "filing", threads: 9, concurrency: 2, done: 7, started_at: 100, seen_at: 225, version: "1.2" };
  assert.deepEqual(workerRow({ ...worker, draining: false }), ["a", "Filing", "2", "2 min", "7", "1.2"]);
  assert.deepEqual(workerRow({ ...worker, draining: true, version: "" }).at(-1), "ending");
  assert.equal(queueWord({ waiting: 0 }), "nothing waiting");
  assert.equal(queueWord({ waiting: 7 }), "7 waiting");
});

const step = (queued, done) => ({ lane: "filing", queued, running: 0, done, parked: 0, oldest_s: 0 });

test("a rate is that of the last half minute, and says how long the rest takes", () => {
  // given
  const meter = new RateMeter();
  const at = (now, queued, done) => meter.take({ jobs: { read: step(queued, done) }, lanes: [] }, now);

  // when
  const paces = [at(0, 100, 0), at(10, 80, 20), at(60, 80, 20), at(61, 80, 20), at(70, 60, 40)];

  // then
  assert.deepEqual(paces[0], { jobs: 0, tokens: 0, left: null });
  assert.deepEqual(paces[1], { jobs: 2, tokens: 0, left: 40 });
  assert.equal(paces[3].left, null);
  assert.deepEqual(paces[4], { jobs: 2, tokens: 0, left: 30 });
});

test("what waits says what it waits for", () => {
  // given
  const fine = { jobs: { classify: step(3, 1) }, lanes: [lane("filing"), lane("chat")], workers: 1, store_answers: true, queue_fault: "", backup_fault: "" };
  const why = (change, more = {}) => reasons({ asks_under_way: 0, waiting: 3, parked: 0, ...more, snapshot: { ...fine, ...change } });

  // then
  assert.deepEqual(why({}), []);
  assert.match(why({ workers: 0 })[0], /3 jobs wait for a worker.*twolane worker/);
  assert.match(why({ lanes: [lane("filing", DOWN), lane("chat")] })[0], /3 jobs wait for the model of the lane Filing/);
  assert.match(why({}, { asks_under_way: 1 })[0], /gives way/);
  assert.deepEqual(why({ queue_fault: "redis is away" }), ["redis is away"]);
});

test("a watched folder says by what it is watched, and what is wrong with it", () => {
  const folder = { path: "/in/信件", watch: "events", waiting: 2, last_change_at: 940, apply: true, fault: "", remedy: "" };
  assert.deepEqual(folderRow(folder, 1000), ["/in/信件", "by events, empties itself", "2", "1 minute ago", ""]);
  const away = { ...folder, watch: "away", waiting: 0, last_change_at: 0, apply: false, fault: "not there", remedy: "mount it" };
  assert.deepEqual(folderRow(away, 1000), ["/in/信件", "away", "0", "–", "not there → mount it"]);
});

test("figures are written for people", () => {
  assert.deepEqual([0, 0.004, 0.995, 1].map(percent), ["0 %", "0 %", "100 %", "100 %"]);
  assert.deepEqual([0, 1023, 1024, 1048576, 2.5 * 1048576].map(size), ["0 bytes", "1,023 bytes", "1 KiB", "1.0 MiB", "2.5 MiB"]);
  assert.deepEqual([0, 59, 60, 3599, 5400].map(duration), ["0 s", "59 s", "1 min", "1 h 0 min", "1 h 30 min"]);
  assert.equal(count(1, "One file", "files"), "One file");
  assert.equal(count(3, "One file", "files"), "3 files");
});

test("what decided has its share of the files", () => {
  assert.deepEqual(tierRows({ rules: 3, small_model: 1 }), [
    { name: "rules", number: 3, share: 0.75 }, { name: "small model", number: 1, share: 0.25 },
  ]);
  assert.deepEqual(tierRows({}), []);
});

test("what is proven of filing is told, and what more decisions would prove", () => {
  // given
  const nothing = { max_error: 0.05, threshold: 0.9, proven: false, decided: 0, right: 0, ece: null, needed: [{ error: 0.05, decisions: 59 }] };

  // then
  assert.deepEqual(proofRows(nothing), [
    ["Filed without you", "from 90 % certain on"],
    ["At most 5 % of that wrong", "not proven yet"],
    ["To prove at most 5 % wrong", "59 more decisions that agree"],
  ]);
  const proven = { ...nothing, proven: true, decided: 60, right: 60, ece: 0.02, needed: [{ error: 0.05, decisions: 0 }] };
  assert.deepEqual(proofRows(proven).slice(1), [
    ["At most 5 % of that wrong", "proven"],
    ["Right, where you were asked", "60 of 60 (100 %)"],
    ["Confidence and accuracy apart (ECE)", "0.020"],
  ]);
});

test("backups say when the last one was made and when the next one is due", () => {
  // given
  const one = { path: "/b/1.zip", size_bytes: 2048, made_at: 9400, documents: 0, copies: 0, left: 0, fault: "" };
  const state = { folder: "/b", due_at: 13600, failure: "", remedy: "", backups: [{ ...one, fault: "it is cut off" }, one] };

  // then
  assert.deepEqual(backupRows(state, 10000), [
    ["Last", "10 minutes ago, 2 KiB"], ["Next", "in 1 hour"], ["Kept in", "/b: 2"], ["One cannot be used", "it is cut off"],
  ]);
  assert.deepEqual(backupRows({ ...state, due_at: 0, backups: [] }, 10000)[1], ["Next", "as soon as may be"]);
  assert.deepEqual(backupRows({ ...state, folder: null }, 10000).map(([name]) => name), ["Planned"]);
});
