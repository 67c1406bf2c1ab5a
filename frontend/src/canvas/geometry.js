/**
 * Where things are: sizes of cards and frames, and the points at which arrows leave and arrive.
 * Pure functions over rectangles {x, y, w, h}; "main" is the direction of reading, "cross" the other one.
 */

export const CARD = { w: 264, h: 64 };
export const GRID = 24;
export const SNAP = 12;
export const HEAD = 44;
export const ZOOM = { least: 0.02, most: 2 };
/** Room between a frame's line and what stands in it. The bottom holds the "Next" mark when reading downwards. */
const PAD = {
  TB: { top: 60, side: 30, bottom: 48 },
  LR: { top: 60, left: 42, side: 30, bottom: 30 },
};
export const EMPTY_FRAME = { w: 324, h: 156 };
const STRAIGHT = 60;

export const snap = (value) => Math.round(value / SNAP) * SNAP;
export const right = (r) => r.x + r.w;
export const bottom = (r) => r.y + r.h;
export const centre = (r) => ({ x: r.x + r.w / 2, y: r.y + r.h / 2 });

/** @returns the smallest rectangle around all, null for none */
export function around(rects) {
  let box = null;
  for (const r of rects) {
    if (!r) continue;
    if (!box) box = { x: r.x, y: r.y, x2: right(r), y2: bottom(r) };
    else {
      box.x = Math.min(box.x, r.x);
      box.y = Math.min(box.y, r.y);
      box.x2 = Math.max(box.x2, right(r));
      box.y2 = Math.max(box.y2, bottom(r));
    }
  }
  return box && { x: box.x, y: box.y, w: box.x2 - box.x, h: box.y2 - box.y };
}

/** The frame around the rectangles of a body; without any, an empty one at `at`. */
export function frameAround(rects, at, direction) {
  const box = around(rects);
  if (!box) return { x: at.x, y: at.y, ...EMPTY_FRAME };
  const pad = PAD[direction];
  const left = pad.left ?? pad.side;
  const frame = {
    x: box.x - left,
    y: box.y - pad.top,
    w: box.w + left + pad.side,
    h: box.h + pad.top + pad.bottom,
  };
  if (frame.w < EMPTY_FRAME.w) {
    frame.x -= (EMPTY_FRAME.w - frame.w) / 2;
    frame.w = EMPTY_FRAME.w;
  }
  return frame;
}

/** How far along the edge of a card the port of way `index` of `count` stands, 0 to 1. */
export const portShare = (index, count) => (index + 0.5) / count;

/** Keeps a nearly straight arrow straight: a frame lets it in and out beside its middle. */
function alongFrame(middle, wanted, start, size) {
  if (wanted === undefined || Math.abs(wanted - middle) > STRAIGHT) return middle;
  return Math.max(start + 36, Math.min(start + size - 36, wanted));
}

/** Where arrows arrive. `beside` is the middle of the other end, for frames. */
export function entry(rect, isFrame, direction, beside) {
  const c = centre(rect);
  if (direction === "LR") return { x: rect.x, y: isFrame ? alongFrame(c.y, beside?.y, rect.y, rect.h) : c.y };
  return { x: isFrame ? alongFrame(c.x, beside?.x, rect.x, rect.w) : c.x, y: rect.y };
}

/** Where arrows leave by any way but `each`. */
export function exit(rect, isFrame, direction, beside) {
  const c = centre(rect);
  if (direction === "LR") return { x: right(rect), y: isFrame ? alongFrame(c.y, beside?.y, rect.y, rect.h) : c.y };
  return { x: isFrame ? alongFrame(c.x, beside?.x, rect.x, rect.w) : c.x, y: bottom(rect) };
}

/** Where a round begins: under the frame's header, straight above the first step. */
export function eachExit(frame, target, direction) {
  const c = centre(target);
  if (direction === "LR") return { x: frame.x + 6, y: c.y };
  return { x: c.x, y: frame.y + HEAD };
}
