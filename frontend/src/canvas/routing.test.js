import assert from "node:assert/strict";
import { test } from "node:test";
import { frameAround } from "./geometry.js";
import { crosses as cuts, distance, route } from "./routing.js";

const from = { x: 100, y: 64 };
const crosses = (points, r) =>
  points.some((b, i) => {
    const a = points[i - 1] ?? b;
    return Math.min(a.x, b.x) < r.x + r.w && Math.max(a.x, b.x) > r.x && Math.min(a.y, b.y) < r.y + r.h && Math.max(a.y, b.y) > r.y;
  });

test("a target straight below is reached by one line", () => {
  const { points } = route(from, { x: 100, y: 112 }, { direction: "TB", obstacles: [] });
  assert.deepEqual(points, [from, { x: 100, y: 112 }]);
});

test("branches bend near the source, meeting ways near the target", () => {
  const to = { x: 300, y: 400 };
  assert.equal(route(from, to, { direction: "TB", obstacles: [] }).points[1].y, 94);
  assert.equal(route(from, to, { direction: "TB", obstacles: [], late: true }).points[1].y, 370);
});

test("an arrow goes round a card that stands in its way", () => {
  const card = { x: 0, y: 150, w: 264, h: 64 };
  const { points } = route(from, { x: 100, y: 300 }, { direction: "TB", obstacles: [card] });
  assert.ok(!crosses(points, card));
});

test("an arrow back up leaves downwards and arrives from above", () => {
  const { points } = route({ x: 100, y: 400 }, { x: 500, y: 100 }, { direction: "TB", obstacles: [] });
  assert.ok(points[1].y > 400);
  assert.ok(points.at(-2).y < 100);
});

test("left to right is the same with x and y exchanged", () => {
  const down = route(from, { x: 300, y: 400 }, { direction: "TB", obstacles: [] }).points;
  const right = route({ x: 64, y: 100 }, { x: 400, y: 300 }, { direction: "LR", obstacles: [] }).points;
  assert.deepEqual(right, down.map(({ x, y }) => ({ x: y, y: x })));
});

test("the distance to an arrow is measured to its parts", () => {
  assert.equal(distance({ x: 10, y: 5 }, [{ x: 0, y: 0 }, { x: 20, y: 0 }]), 5);
  assert.equal(distance({ x: 30, y: 0 }, [{ x: 0, y: 0 }, { x: 20, y: 0 }]), 10);
});

test("a frame keeps room for its header and for the mark where ways meet", () => {
  assert.deepEqual(frameAround([{ x: 100, y: 100, w: 264, h: 64 }], { x: 0, y: 0 }, "TB"), { x: 70, y: 40, w: 324, h: 172 });
  assert.equal(frameAround([], { x: 24, y: 48 }, "TB").x, 24);
});

test("a line cuts the arrows it crosses and no others", () => {
  const bent = [{ x: 0, y: 0 }, { x: 0, y: 30 }, { x: 90, y: 30 }, { x: 90, y: 60 }];
  assert.ok(cuts({ x: -10, y: 10 }, { x: 10, y: 12 }, bent));
  assert.ok(cuts({ x: 40, y: 0 }, { x: 60, y: 90 }, bent));
  assert.ok(!cuts({ x: 20, y: 0 }, { x: 80, y: 20 }, bent));
  assert.ok(!cuts({ x: -10, y: 40 }, { x: 80, y: 40 }, bent));
  assert.ok(!cuts({ x: 40, y: 10 }, { x: 40, y: 10 }, bent), "a point cuts nothing");
});
