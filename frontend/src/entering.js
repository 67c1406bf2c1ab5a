/**
 * What is typed in the fields of a page goes the way of the gestures on the canvas: into the journal first, then to
 * the server. Fields know only `enter`; whoever keeps the page's journal takes the entries.
 *
 * @typedef {{at: string[], inside?: (string|number)[], form?: string}} Address where a field's value belongs:
 *   `at` names a part of the workflow and what of it, `inside` a place in a list or object there
 */
let keeper = null;

/** Makes `one` the keeper of what is entered on this page; null lets go. */
export function keepEntries(one) {
  keeper = one;
}

/** Remembers what a field stood on when a person began to write in it. */
export const touch = (address) => keeper?.touch(address);

/** Forgets it: nothing came of the writing. */
export const leave = (address) => keeper?.leave(address);

/** @param {Address} address @param {any} value as the field reports it */
export const enter = (address, value) => keeper?.enter(address, value);

/** What a field held when it was gone into, for those that are read when they are left. */
const begun = new Map();

// fields of other makers have no import of ours: a listener in the page calls these
Object.assign(globalThis, {
  flowstudioEnter: enter,
  flowstudioBegan(address, value) {
    begun.set(JSON.stringify(address), value);
    touch(address);
  },
  flowstudioLeft(address, value) {
    const key = JSON.stringify(address);
    if (begun.get(key) === value) return leave(address);
    begun.set(key, value);
    enter(address, value);
  },
});

/** @param {{pending: () => object[]}} journal @param {(op: object) => void} send @param {string} by this page's name */
export function createEntering(journal, send, by) {
  /** Key of a place → mark of what the server last said stands there. */
  const marks = new Map();
  const touched = new Map();
  const keyOf = (at) => JSON.stringify(at);
  const waiting = (key) => journal.pending().map((patch) => patch.ops[0]).filter((op) => op?.op === "enter" && keyOf(op.at) === key);

  return {
    touch({ at }) {
      const key = keyOf(at);
      if (!touched.has(key)) touched.set(key, marks.get(key) ?? null);
    },
    leave: ({ at }) => touched.delete(keyOf(at)),
    enter({ at, inside = [], form = "" }, value) {
      const key = keyOf(at);
      // what was written and not answered yet stands on the same ground
      const [earlier] = waiting(key);
      const was = earlier ? earlier.was : (touched.get(key) ?? marks.get(key) ?? null);
      touched.delete(key);
      send({ op: "enter", at, inside, form, value: value ?? null, was, by });
    },
    /** Takes over what stands at each place now; where an entry waits for its answer, the answer brings it. */
    learn(fresh) {
      for (const [key, mark] of Object.entries(fresh ?? {})) if (!waiting(key).length) marks.set(key, mark);
    },
  };
}
