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
      waiting.set(patch.op_id, patch);
      keep();
    },
    /** Answers come in order: what was sent before is answered too. @returns the patch itself */
    forget(opId) {
      const patch = waiting.get(opId) ?? null;
      if (!patch) return null;
      for (const id of [...waiting.keys()]) {
        waiting.delete(id);
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
      const found = shelves.flatMap(read);
      for (const patch of found) waiting.set(patch.op_id, patch);
      keep();
      for (const key of shelves) store.removeItem(key);
      return found;
    },
  };
}

function safeStore() {
  try {
    return globalThis.localStorage ?? null;
  } catch {
    return null;
  }
}
