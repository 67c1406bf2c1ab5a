/**
 * Where patches wait for their answer. They are kept in the browser as well, so that a page that was closed or had to
 * reload (a long loss of connection, a restart) finds what was never answered and sends it again. The server knows
 * each patch by its op_id and carries it out once, however often it comes.
 */
const PREFIX = "flowstudio.journal.";
/** Patches older than this are not sent again: the work has gone on without them. */
const OLDEST = 7 * 24 * 3600 * 1000;

/**
 * @param {string|null} workflow its id; without one nothing outlives the page
 * @param {string} session the name of this page's own shelf
 * @param {Storage|null} store where the shelves are
 */
export function createJournal(workflow, session = "page", store = safeStore()) {
  const waiting = new Map();
  /** Those that wait for a person's decision: no later answer settles them. */
  const held = new Set();
  const shelf = `${PREFIX}${workflow}/`;
  const own = shelf + session;

  function keep() {
    if (!workflow || !store) return;
    try {
      if (waiting.size) store.setItem(own, JSON.stringify({ at: Date.now(), patches: [...waiting.values()] }));
      else store.removeItem(own);
    } catch {
      // A full store costs only the second copy: the patch itself is on its way.
    }
  }

  function read(key) {
    try {
      const { at, patches } = JSON.parse(store.getItem(key));
      return Date.now() - at < OLDEST ? patches.filter((each) => each?.op_id && Array.isArray(each.ops)) : [];
    } catch {
      return [];
    }
  }

  return {
    remember(patch) {
      for (const id of held) {
        if (!samePlace(waiting.get(id), patch)) continue;
        waiting.delete(id); // what is written in a field now takes the place of what was
        held.delete(id);
      }
      waiting.set(patch.op_id, patch);
      keep();
    },
    hold: (opId) => waiting.has(opId) && held.add(opId),
    /** Answers come in order: what was sent before is answered too. @returns the patch itself */
    forget(opId) {
      const patch = waiting.get(opId) ?? null;
      if (!patch) return null;
      held.delete(opId);
      for (const id of [...waiting.keys()]) {
        if (!held.has(id)) waiting.delete(id);
        if (id === opId) break;
      }
      keep();
      return patch;
    },
    pending: () => [...waiting.values()],
    /** Takes over what earlier pages of this workflow left unanswered. @returns the patches, oldest first */
    adopt() {
      if (!workflow || !store) return [];
      const shelves = Object.keys(store).filter((key) => key.startsWith(shelf) && key !== own);
      const found = lastOfEach(shelves.flatMap(read));
      for (const patch of found) waiting.set(patch.op_id, patch);
      keep();
      for (const key of shelves) store.removeItem(key);
      return found;
    },
  };
}

const entryOf = (patch) => (patch?.ops[0]?.op === "enter" ? patch.ops[0] : null);
const placeOf = (entry) => JSON.stringify([entry.at, entry.inside]);

function samePlace(one, other) {
  const [a, b] = [entryOf(one), entryOf(other)];
  return Boolean(a && b) && placeOf(a) === placeOf(b);
}

/** Of what was typed in one field the last is sent again, on the ground on which the first stood. */
function lastOfEach(patches) {
  const found = new Map();
  for (const patch of patches) {
    const entry = entryOf(patch);
    const key = entry ? placeOf(entry) : patch.op_id;
    const earlier = entryOf(found.get(key));
    found.delete(key);
    found.set(key, earlier ? { ...patch, ops: [{ ...entry, was: earlier.was }] } : patch);
  }
  return [...found.values()];
}

function safeStore() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
