import assert from "node:assert/strict";
import test from "node:test";
import { createJournal } from "./journal.js";

function aStore() {
  const kept = {};
  const hide = (name, value) => Object.defineProperty(kept, name, { value, enumerable: false });
  hide("getItem", (key) => kept[key] ?? null);
  hide("setItem", (key, value) => void (kept[key] = String(value)));
  hide("removeItem", (key) => delete kept[key]);
  return kept;
}
const patch = (id) => ({ op_id: id, ops: [{ op: "move", to: {} }] });

test("what was never answered is taken over by the next page, once, in order", () => {
  const store = aStore();
  const first = createJournal("wf", "a", store);
  for (const id of ["1", "2", "3"]) first.remember(patch(id));
  first.forget("1");
  const second = createJournal("wf", "b", store);
  assert.deepEqual(second.adopt().map((each) => each.op_id), ["2", "3"]);
  assert.deepEqual(createJournal("wf", "c", store).adopt().map((each) => each.op_id), ["2", "3"]);
});

test("an answer empties the shelf", () => {
  const store = aStore();
  const journal = createJournal("wf", "a", store);
  journal.remember(patch("1"));
  journal.remember(patch("2"));
  assert.equal(journal.forget("2").op_id, "2");
  assert.deepEqual(Object.keys(store), []);
  assert.deepEqual(journal.pending(), []);
});

test("other workflows, strange content and a full store do no harm", () => {
  const store = aStore();
  createJournal("other", "a", store).remember(patch("1"));
  store.setItem("flowstudio.journal.wf/x", "no json");
  assert.deepEqual(createJournal("wf", "b", store).adopt(), []);
  const full = { ...aStore(), setItem: () => { throw new Error("full"); }, getItem: () => null, removeItem: () => {} };
  const journal = createJournal("wf", "c", full);
  journal.remember(patch("1"));
  assert.equal(journal.pending().length, 1);
});

const entry = (id, value, was) => ({ op_id: id, ops: [{ op: "enter", at: ["n", "name"], inside: [], value, was }] });

test("of what was typed in one field the last comes again, on the ground of the first", () => {
  const store = aStore();
  const first = createJournal("wf", "a", store);
  for (const each of [entry("1", "R", "old"), patch("2"), entry("3", "Ring", "old too")]) first.remember(each);
  const found = createJournal("wf", "b", store).adopt();
  assert.deepEqual(found.map((each) => each.op_id), ["2", "3"]);
  assert.equal(found[1].ops[0].was, "old");
});

test("what waits for a decision stays through later answers, until it is answered or written anew", () => {
  const journal = createJournal("wf", "a", aStore());
  for (const each of [entry("1", "Mine"), patch("2")]) journal.remember(each);
  journal.hold("1");
  journal.forget("2");
  assert.deepEqual(journal.pending().map((each) => each.op_id), ["1"]);
  journal.remember(entry("3", "Mine, better"));
  assert.deepEqual(journal.pending().map((each) => each.op_id), ["3"]);
});
