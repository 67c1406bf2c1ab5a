/**
 * Where words and "+" stand: below a card for the ways that lead nowhere yet, on the arrow for the others. Each keeps
 * clear of the cards and of what already stands. Pure functions over rectangles {x, y, w, h}.
 */

const CHIP = 24;
const PLUS = 20;
const GAP = 6;
/** From the card to its free ways: clear of the dots that arrows are pulled from, each a target of 24 px of its own. */
const BELOW = 10;
/** The widest word of a way; the rest of it is in its title. */
const WIDEST = 168;
/** How far a row of free ways may reach: the card and less than half the room to its neighbour. */
const ROW = 300;
/** Left to right, what there is between a card and the one its arrow leads to. */
const BETWEEN = 86;
const COLUMN = 4;
const TRUNK = 20;
const STEP = 12;
const WORDS = 3;

/** About how wide a word is in the type of the chips; rather too wide than too narrow. */
function wordWidth(text) {
  let width = 0;
  for (const sign of text) width += /[iljtfr.,:;'|! ]/.test(sign) ? 4.4 : /[mwMW@%]/.test(sign) ? 10.6 : /[\u2e80-\uffff]/.test(sign) ? 13 : /[A-Z0-9]/.test(sign) ? 8.2 : 6.7;
  return width;
}

export const chipWidth = (text) => Math.min(WIDEST, Math.ceil(wordWidth(text)) + 20);

const boxAt = ({ x, y }, w, h) => ({ x: x - w / 2, y: y - h / 2, w, h });

/** Whether two rectangles come closer than `by`. */
export const near = (a, b, by = 0) => a.x < b.x + b.w + by && b.x < a.x + a.w + by && a.y < b.y + b.h + by && b.y < a.y + a.h + by;

/**
 * The "+" of each way that leads nowhere yet, seen from the card's corner. The middle stays free for the arrows of
 * the others, and for their words where there is room; so does the side that those arrows turn to.
 * @param {{w: number, h: number}} card
 * @param {{way: string, label: string, share?: number}[]} ways that are free; `share`: where it stands among all, 0 to 1
 * @param {{direction: "TB"|"LR", words: string[], turn?: -1|0|1}} how `words`: those of the ways that have an arrow;
 *   `turn`: where these arrows go from the middle, -1 left (or up), 1 right (or down), 0 both ways or straight on
 * @returns {{way: string, worded: boolean, x: number, y: number, w: number, h: number}[]}
 */
export function freeWays(card, ways, { direction, words, turn = 0 }) {
  const across = direction === "LR";
  const widest = across && words.length ? BETWEEN : WIDEST;
  const wide = ways.map(({ label }) => (label ? Math.min(widest, chipWidth(label) + 16) : PLUS));
  const few = words.length > 0 && ways.length <= WORDS;
  const firstHalf = (line) => {
    if (few && turn) return turn < 0 ? 0 : line.length;
    return few && line.every(({ share }) => share !== undefined) ? line.filter(({ share }) => share < 0.5).length : Math.ceil(line.length / 2);
  };
  const half = firstHalf(ways);
  const reach = (sizes) => sizes.reduce((sum, w) => sum + w + GAP, -GAP);
  const chip = few && turn ? TRUNK : Math.max(0, ...words.map(chipWidth)) + 2 * GAP;
  const roomFor = (sizes, gap) => (words.length ? 2 * Math.max(reach(sizes.slice(0, half)), reach(sizes.slice(half))) + gap : reach(sizes)) <= ROW;
  const worded = ways.length <= WORDS && (across || roomFor(wide, chip));
  const gap = !words.length ? 0 : across || !roomFor(worded ? wide : ways.map(() => PLUS), chip) ? TRUNK : chip;
  const size = (i) => (worded && ways[i].label ? { w: wide[i], h: CHIP } : { w: PLUS, h: PLUS });
  const most = across ? COLUMN : Math.floor((ROW - gap) / (PLUS + GAP));
  const found = [];
  for (let start = 0, away = BELOW; start < ways.length; start += most) {
    const line = ways.slice(start, start + most).map((way, i) => ({ way: way.way, share: way.share, worded: worded && Boolean(way.label), ...size(start + i) }));
    const main = across ? "h" : "w";
    const length = (part) => reach(part.map((each) => each[main]));
    const before = firstHalf(line);
    const middle = across ? card.h / 2 : card.w / 2;
    let at = middle - (gap ? length(line.slice(0, before)) + gap / 2 : length(line) / 2);
    line.forEach(({ share, ...each }, i) => {
      if (gap && i === before) at = middle + gap / 2;
      found.push({ ...each, x: across ? card.w + away : at, y: across ? at : card.h + away });
      at += each[main] + GAP;
    });
    away += Math.max(...line.map((each) => (across ? each.w : each.h))) + GAP;
  }
  return found;
}

/** Points along an arrow at which a mark can stand: first its own place, then the parts in the order given. */
function* along(points, first, parts) {
  yield first;
  for (const i of parts) {
    const [a, b] = [points[i], points[i - 1]];
    const length = Math.abs(a.x - b.x) + Math.abs(a.y - b.y);
    for (let gone = STEP; gone < length; gone += STEP) yield { x: a.x + ((b.x - a.x) * gone) / length, y: a.y + ((b.y - a.y) * gone) / length };
  }
}

function* beside(points, w, h) {
  for (let i = points.length - 1; i > 0; i -= 1) {
    const [a, b] = [points[i], points[i - 1]];
    const upright = a.x === b.x;
    for (const p of along(points, a, [i])) for (const side of [1, -1]) yield upright ? { x: p.x + side * (w / 2 + GAP), y: p.y } : { x: p.x, y: p.y + side * (h / 2 + GAP) };
  }
}

function stand(candidates, w, h, cards, taken) {
  let best = null;
  let least = Infinity;
  for (const point of candidates) {
    const box = boxAt(point, w, h);
    const met = taken.filter((each) => near(box, each, 3)).length + 2 * cards.filter((each) => near(box, each, 2)).length;
    if (met < least) [best, least] = [{ point, box, free: !met }, met];
    if (!met) break;
  }
  return best;
}

/** Where the chip of an arrow stands: on its line, else beside it. */
export function chipOn({ points, chip }, w, cards, taken) {
  const parts = points.map((_, i) => i).slice(1);
  const order = parts.length > 2 ? [2, parts.length, ...parts.filter((i) => i !== 2 && i !== parts.length)] : parts.reverse();
  function* candidates() {
    yield* along(points, chip, order);
    yield* beside(points, w, CHIP);
  }
  return stand(candidates(), w, CHIP, cards, taken);
}

/** Where the "+" of an arrow stands: on its line, near the target. */
export function plusOn({ points, plus }, cards, taken) {
  const parts = points.map((_, i) => i).slice(1).reverse();
  return stand(along(points, plus, parts), PLUS, PLUS, cards, taken);
}
