/** Gives every mark of a drawing its place: the "+" of free ways, the chips of arrows and their "+". */
import { HEAD, centre, portShare } from "./geometry.js";
import { chipOn, chipWidth, freeWays, near, plusOn } from "./marks.js";

const REMARK = 18;
const REACH = 220;

/** Arrows that go less far aside lead straight on. */
const ASIDE = 24;

export function useMarks({ state, views, rects, routes, edges, endsOf, wired, isFrame }) {
  const stood = new Map();

  /** The ways of a step that lead nowhere yet, each with the place of its "+", seen from its corner. */
  function freeWaysOf(id) {
    const outward = (views.get(id)?.ways ?? []).filter(({ way }) => way !== "each");
    const rect = rects.get(id);
    if (state.readonly || outward.length < 2 || !rect) return [];
    const placed = outward.map((each, i) => ({ ...each, share: portShare(i, outward.length) }));
    const free = placed.filter(({ way }) => way !== "error" && !wired.has(`${id}:${way}`));
    const words = outward.filter(({ way }) => wired.has(`${id}:${way}`)).map(({ label }) => label ?? "");
    return freeWays(rect, free, { direction: state.direction, words, turn: turnOf(id) });
  }

  /** Where the arrows of a step go: -1 all to the left (or up), 1 all to the right (or down), 0 neither. */
  function turnOf(id) {
    const main = state.direction === "LR" ? "y" : "x";
    const sides = [...endsOf(id).out].map((edge) => {
      const target = rects.get(edges.get(edge)?.to);
      const by = target ? centre(target)[main] - centre(rects.get(id))[main] : 0;
      return Math.abs(by) < ASIDE ? 0 : Math.sign(by);
    });
    return sides.length && sides.every((side) => side === sides[0]) ? sides[0] : 0;
  }

  /** What arrows' marks keep clear of besides each other. */
  function around() {
    const cards = [];
    const taken = [];
    for (const [id, rect] of rects) {
      const view = views.get(id);
      if (view?.type === "note") continue;
      cards.push(isFrame(id) ? { ...rect, h: HEAD } : rect);
      // A painted run hides the free ways.
      const free = state.painted ? [] : freeWaysOf(id);
      for (const each of free) taken.push({ x: rect.x + each.x, y: rect.y + each.y, w: each.w, h: each.h });
      if (view?.note) taken.push({ x: rect.x, y: rect.y + rect.h + (free.length ? 34 : 1), w: rect.w / 2 - 18, h: REMARK });
    }
    return { cards, taken };
  }

  /** In a painted run every chip may get a count. */
  function wordOf(id) {
    const { label, way } = edges.get(id);
    if (!state.painted) return label ?? "";
    if (label) return `${label}, 99`;
    return way === "each" ? "" : "99";
  }

  return {
    freeWaysOf,
    /** @returns the routes with their marks placed: chips first, for a "+" can be left out */
    stand(drawn) {
      const { cards, taken } = around();
      for (const id of [...stood.keys()]) if (drawn.has(id) || !routes.has(id)) stood.delete(id);
      const close = (route) => {
        const by = (each) => near(route.box, each, REACH);
        return [cards.filter(by), [...taken.filter(by), ...[...stood.values()].flat().filter(by)]];
      };
      const placed = new Map();
      for (const [id, route] of drawn) {
        const word = wordOf(id);
        const chip = word ? chipOn(route, chipWidth(word), ...close(route)) : null;
        if (chip) stood.set(id, [chip.box]);
        placed.set(id, { ...route, chip: chip?.point ?? route.chip });
      }
      for (const [id, route] of placed) {
        const plus = plusOn(route, ...close(route));
        if (plus.free) stood.set(id, [...(stood.get(id) ?? []), plus.box]);
        placed.set(id, { ...route, plus: plus.point, roomy: plus.free });
      }
      return placed;
    },
  };
}
