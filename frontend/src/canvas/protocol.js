/**
 * What goes between the page and the canvas. Python's document is the truth; nothing here knows how it is drawn.
 *
 * @typedef {{way: string, label: string, name: string}} Way a way out: `name` is its accessible name
 * @typedef {{severity: "error"|"warning"|"hint", text: string}} Problem
 * @typedef {{id: string, type: string, kind: "trigger"|"action"|"condition"|"flow"|"end", word: string, icon: string,
 *   name: string, called?: string, line: string, label: string, x: number, y: number, body: string[]|null, caption?: string|null,
 *   entry: boolean, ways: Way[], off?: boolean, problem?: Problem|null, pinned?: boolean, note?: string|null,
 *   since?: "added"|"changed"|null, folded?: boolean, members?: string[], text?: string, tone?: string, w?: number, h?: number}} ViewNode notes have
 *   `text`, `tone`, `w` and `h`; groups `folded`, and as one card the ids of their `members`;
 *   `since`: what became of the step since the workflow went live
 * @typedef {{id: string, from: string, way: string, to: string, label: string|null, fixed?: boolean}} ViewEdge `fixed`: of a folded group, not to be changed
 * @typedef {{rev: number, direction: "TB"|"LR", readonly: boolean, nodes: ViewNode[], edges: ViewEdge[]}} ViewGraph
 * @typedef {{rev: number, ack?: string|null, reject?: string|null, held?: string|null, message?: string|null,
 *   marks?: Record<string, string>, nodes?: ViewNode[],
 *   edges?: ViewEdge[], gone_nodes?: string[], gone_edges?: string[], select?: string[]|null}} Diff
 *   `held`: waits for a person's decision; `marks`: what stands at the places of the page's fields (`entering.js`)
 * @typedef {{at: number|null, of: number, text: string, failed: number}} Rounds of a loop: `at` is the one shown, from 0
 * @typedef {{state: string, line?: string|null, count?: number|null, rounds?: Rounds|null, stale?: string|null}} StepState
 *   `stale`: says that the step is another one now than when it did this
 * @typedef {{state: "taken"|"not_taken"|"failed"|"ahead", count?: number|null}} EdgeState
 */

/** What a palette entry carries while it is dragged. */
export const STEP_MIME = "application/x-flowstudio-step";

/** @param {string} from @param {string} way @param {string} to */
export const edgeId = (from, way, to) => `${from}:${way}>${to}`;

/** Words for people; the states' names are the engine's. */
export const STATE_WORDS = {
  completed: "Completed",
  running: "Running",
  waiting: "Waiting",
  failed: "Failed",
  skipped: "Skipped",
  not_reached: "Not reached",
  retrying: "Trying again",
  in_doubt: "In doubt",
  cancelled: "Cancelled",
  pending: "Not started",
  started: "Started",
  added: "Added",
  changed: "Changed",
  removed: "Removed",
};

/** What became of a step since the workflow went live. */
export const SINCE_WORDS = { changed: "Changed since it went live", added: "Added since it went live" };
