import assert from "node:assert/strict";
import { test } from "node:test";
import { chipOn, chipWidth, freeWays, near, plusOn } from "./marks.js";
import { route } from "./routing.js";

const card = { x: 0, y: 0, w: 264, h: 64 };
const named = (...labels) => labels.map((label, i) => ({ way: `w${i}`, label }));
const SETS = [
  named("Yes", "No"),
  named("Approved", "Rejected", "No answer"),
  named("Germany", "Austria", "Switzerland", "Liechtenstein", "The Netherlands", "Another one"),
  named("A complaint about a delivery that came late", "A question"),
  named(...Array.from({ length: 20 }, (_, i) => `Case ${i + 1}`)),
];

function clear(boxes, cards = [card]) {
  boxes.forEach((box, i) => {
    for (const other of [...boxes.slice(i + 1), ...cards]) assert.ok(!near(box, other), JSON.stringify([box, other]));
  });
}

for (const direction of ["TB", "LR"]) {
  test(`free ways stand clear of the card and of each other, ${direction}`, () => {
    for (const ways of SETS) {
      clear(freeWays(card, ways, { direction, words: [] }));
      const some = freeWays(card, ways.slice(1), { direction, words: [ways[0].label] });
      clear(some, [card, direction === "TB" ? { x: 131, y: 64, w: 2, h: 44 } : { x: 264, y: 31, w: 96, h: 2 }]);
    }
  });

  test(`words on arrows and their plus stand clear of cards and of each other, ${direction}`, () => {
    const across = direction === "LR";
    const from = across ? { x: 264, y: 32 } : { x: 132, y: 64 };
    for (const ways of SETS) {
      const targets = ways.map((_, i) => (across ? { x: 360, y: (i - (ways.length - 1) / 2) * 108, w: 264, h: 64 } : { x: (i - (ways.length - 1) / 2) * 312, y: 112, w: 264, h: 64 }));
      const cards = [card, ...targets];
      const taken = [];
      const routes = targets.map((to) => route(from, across ? { x: to.x, y: to.y + 32 } : { x: to.x + 132, y: to.y }, { direction, obstacles: cards }));
      routes.forEach((each, i) => taken.push(chipOn(each, chipWidth(ways[i].label), cards, taken).box));
      for (const each of routes) {
        const plus = plusOn(each, cards, taken);
        if (plus.free) taken.push(plus.box);
      }
      clear(taken, cards);
    }
  });
}

test("free ways leave the side to the arrows that turn there, and stand on their own side of one that leads straight on", () => {
  const [yes, no] = named("Yes", "No").map((each, i) => ({ ...each, share: (i + 0.5) / 2 }));
  const middle = card.w / 2;
  for (const turn of [-1, 0]) {
    const [box] = freeWays(card, [no], { direction: "TB", words: ["Yes"], turn });
    assert.ok(box.worded && box.x > middle, `No, where Yes goes ${turn}`);
  }
  for (const turn of [0, 1]) {
    const [box] = freeWays(card, [yes], { direction: "TB", words: ["No"], turn });
    assert.ok(box.worded && box.x + box.w < middle, `Yes, where No goes ${turn}`);
  }
  const answers = SETS[1].slice(1).map((each, i) => ({ ...each, share: (i + 1.5) / 3 }));
  const boxes = freeWays(card, answers, { direction: "TB", words: ["Approved"], turn: -1 });
  clear(boxes);
  assert.ok(boxes.every((box) => box.x > middle && box.x + box.w <= card.w + 150));
});

test("three answers have their words below the card, six only their plus", () => {
  assert.ok(freeWays(card, SETS[1], { direction: "TB", words: [] }).every((each) => each.worded));
  assert.ok(freeWays(card, SETS[2], { direction: "TB", words: [] }).every((each) => !each.worded));
});

test("a plus with nowhere to stand says so", () => {
  const short = route({ x: 132, y: 64 }, { x: 132, y: 80 }, { direction: "TB", obstacles: [] });
  assert.equal(plusOn(short, [card, { ...card, y: 80 }], []).free, false);
});
