/** Gives every mark of a drawing its place: the "+" of free ways, the chips of arrows and their "+". */
import { HEAD } from "./geometry.js";
import { chipOn, chipWidth, freeWays, near, plusOn } from "./marks.js";

const REMARK = 18;
const REACH = 220;

export function useMarks({ state, views, rects, routes, edges, wired, isFrame }) {
  const stood = new Map();

  /** The ways of a step that lead nowhere yet, each with the place of its "+", seen from its corner. */
  function freeWaysOf(id) {
    const outward = (views.get(id)?.ways ?? []).filter(({ way }) => way !== "each");
    const rect = rects.get(id);
    if (state.readonly || outward.length < 2 || !rect) return [];
    const free = outward.filter(({ way }) => way !== "error" && !wired.has(`${id}:${way}`));
    const words = outward.filter(({ way }) => wired.has(`${id}:${way}`)).map(({ label }) => label ?? "");
    return freeWays(rect, free, { direction: state.direction, words });
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
