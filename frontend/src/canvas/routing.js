/**
 * Orthogonal arrows that go round cards. Everything is worked out reading downwards; left to right is the same with
 * x and y exchanged.
 */

const RADIUS = 14;
const BEND = 30;
const MARGIN = 18;
const CHIP_FROM_TARGET = 75;

const flip = (p) => ({ x: p.y, y: p.x });
const flipRect = (r) => ({ x: r.y, y: r.x, w: r.h, h: r.w });

/**
 * @typedef {{points: {x: number, y: number}[], path: string, arrow: string, chip: {x: number, y: number},
 *   plus: {x: number, y: number}, box: {x: number, y: number, w: number, h: number}}} Route
 */

/**
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {{direction: "TB"|"LR", obstacles: {x: number, y: number, w: number, h: number}[], late?: boolean}} how
 *   `late`: bend near the target, as where branches meet
 * @returns {Route}
 */
export function route(from, to, { direction, obstacles, late = false }) {
  const flipped = direction === "LR";
  const s = flipped ? flip(from) : from;
  const t = flipped ? flip(to) : to;
  const blocks = flipped ? obstacles.map(flipRect) : obstacles;
  const points = simplify(bends(s, t, blocks, late));
  const marks = places(points);
  if (flipped) besideCorner(points, marks);
  const out = flipped ? points.map(flip) : points;
  return {
    points: out,
    path: rounded(out),
    arrow: head(out),
    chip: flipped ? flip(marks.chip) : marks.chip,
    plus: flipped ? flip(marks.plus) : marks.plus,
    box: boxOf(out),
  };
}

function bends(s, t, blocks, late) {
  const gap = t.y - s.y;
  const near = gap > 2 * BEND ? BEND : Math.max(gap / 2, 8);
  if (gap > 0 && Math.abs(s.x - t.x) < 1.5 && freeVertical(s.x, s.y, t.y, blocks)) return [s, { x: s.x, y: t.y }];
  if (gap >= 24) {
    const early = [s, { x: s.x, y: s.y + near }, { x: t.x, y: s.y + near }, t];
    const after = [s, { x: s.x, y: t.y - near }, { x: t.x, y: t.y - near }, t];
    for (const way of late ? [after, early] : [early, after]) if (isFree(way, blocks)) return way;
  }
  const y1 = s.y + (gap >= 24 ? near : 22);
  const y2 = t.y - (gap >= 24 ? near : 22);
  const lanes = [s.x, t.x, (s.x + t.x) / 2];
  const [top, low] = [Math.min(y1, y2), Math.max(y1, y2)];
  for (const b of blocks) if (b.y < low && b.y + b.h > top) lanes.push(b.x - MARGIN - 4, b.x + b.w + MARGIN + 4);
  lanes.sort((a, b) => cost(a) - cost(b));
  for (const x of lanes) {
    if (gap < 24 && Math.min(Math.abs(x - s.x), Math.abs(x - t.x)) < MARGIN) continue;
    const way = [s, { x: s.x, y: y1 }, { x, y: y1 }, { x, y: y2 }, { x: t.x, y: y2 }, t];
    if (isFree(way, blocks)) return way;
  }
  const x = gap >= 24 ? t.x : Math.max(s.x, t.x) + 160;
  return [s, { x: s.x, y: y1 }, { x, y: y1 }, { x, y: y2 }, { x: t.x, y: y2 }, t];

  function cost(x) {
    return Math.abs(x - s.x) + Math.abs(x - t.x);
  }
}

function isFree(points, blocks) {
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    if (a.x === b.x ? !freeVertical(a.x, a.y, b.y, blocks) : !freeHorizontal(a.y, a.x, b.x, blocks)) return false;
  }
  return true;
}

function freeVertical(x, y1, y2, blocks) {
  const [top, low] = y1 < y2 ? [y1, y2] : [y2, y1];
  for (const b of blocks) {
    if (x > b.x - 8 && x < b.x + b.w + 8 && low > b.y + 1 && top < b.y + b.h - 1) return false;
  }
  return true;
}

function freeHorizontal(y, x1, x2, blocks) {
  const [left, end] = x1 < x2 ? [x1, x2] : [x2, x1];
  for (const b of blocks) {
    if (y > b.y - 6 && y < b.y + b.h + 6 && end > b.x + 1 && left < b.x + b.w - 1) return false;
  }
  return true;
}

function simplify(points) {
  const kept = [points[0]];
  for (const p of points.slice(1)) {
    const last = kept.at(-1);
    if (Math.abs(last.x - p.x) < 0.5 && Math.abs(last.y - p.y) < 0.5) continue;
    const before = kept.at(-2);
    if (before && ((before.x === last.x && last.x === p.x) || (before.y === last.y && last.y === p.y))) kept.pop();
    kept.push(p);
  }
  return kept;
}

/** Where marks like to stand: the chip on the first horizontal part, near the target's side; "+" on the last vertical. */
function places(points) {
  const last = points.at(-1);
  const start = points.at(-2) ?? last;
  const room = Math.abs(last.y - start.y);
  const plus = { x: last.x, y: (start.y + last.y) / 2 - 1 };
  if (points.length < 4) return { chip: { x: last.x, y: room >= 72 ? start.y + 22 : (start.y + last.y) / 2 - 2 }, plus, room };
  const [a, b] = [points[1], points[2]];
  const length = Math.abs(b.x - a.x);
  const side = Math.sign(a.x - b.x);
  if (length < 64) return { chip: { x: b.x, y: (b.y + Math.min(points[3].y, b.y + 48)) / 2 }, plus, room };
  return { chip: { x: length > 2 * CHIP_FROM_TARGET ? b.x + side * CHIP_FROM_TARGET : (a.x + b.x) / 2, y: a.y }, plus, room };
}

/** Left to right there is no room on the line for words: the chip stands at the corner, on its outer side. */
function besideCorner(points, marks) {
  const [a, b] = [points[1], points[2]];
  if (points.length >= 4) marks.chip = { x: b.x + (Math.sign(b.x - a.x) || 1) * 26, y: a.y + 18 };
  else if (marks.room < 110) marks.chip = { x: marks.chip.x - 20, y: marks.chip.y };
}

/** @param {{x: number, y: number}[]} points */
export function rounded(points, radius = RADIUS) {
  let d = `M${points[0].x} ${points[0].y}`;
  for (let i = 1; i < points.length - 1; i += 1) {
    const [a, b, c] = [points[i - 1], points[i], points[i + 1]];
    const r = Math.min(radius, span(a, b) / (i === 1 ? 1 : 2), span(b, c) / (i === points.length - 2 ? 1 : 2));
    const p = toward(b, a, r);
    const q = toward(b, c, r);
    d += `L${p.x} ${p.y}Q${b.x} ${b.y} ${q.x} ${q.y}`;
  }
  const end = points.at(-1);
  return `${d}L${end.x} ${end.y}`;
}

const span = (a, b) => Math.abs(a.x - b.x) + Math.abs(a.y - b.y);

function toward(from, to, by) {
  const length = span(from, to) || 1;
  return { x: from.x + ((to.x - from.x) / length) * by, y: from.y + ((to.y - from.y) / length) * by };
}

/** An open arrow head at the last point. */
export function head(points) {
  const end = points.at(-1);
  const before = points.at(-2) ?? end;
  const [dx, dy] = [Math.sign(end.x - before.x), Math.sign(end.y - before.y)];
  const tip = { x: end.x - dx, y: end.y - dy };
  if (dy) return `M${tip.x - 5} ${tip.y - 7 * dy}L${tip.x} ${tip.y}L${tip.x + 5} ${tip.y - 7 * dy}`;
  return `M${tip.x - 7 * dx} ${tip.y - 5}L${tip.x} ${tip.y}L${tip.x - 7 * dx} ${tip.y + 5}`;
}

function boxOf(points) {
  const xs = points.map((p) => p.x);
  const ys = points.map((p) => p.y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x: x - 40, y: y - 14, w: Math.max(...xs) - x + 80, h: Math.max(...ys) - y + 28 };
}

/** How far a point is from an arrow. */
export function distance(point, points) {
  let best = Infinity;
  for (let i = 1; i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    const x = Math.max(Math.min(a.x, b.x), Math.min(Math.max(a.x, b.x), point.x));
    const y = Math.max(Math.min(a.y, b.y), Math.min(Math.max(a.y, b.y), point.y));
    best = Math.min(best, Math.hypot(point.x - x, point.y - y));
  }
  return best;
}

/** Whether the straight line from `a` to `b` crosses an arrow. */
export function crosses(a, b, points) {
  return points.some((end, i) => i > 0 && meet(a, b, points[i - 1], end));
}

function meet(a, b, c, d) {
  const side = (p, q, r) => Math.sign((q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x));
  return side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
}
