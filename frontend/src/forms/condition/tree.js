/** The condition tree while it is edited: groups and rules with ids of their own, and its JSON form. */
import { withoutBraces } from '../text.js';

/**
 * @typedef {{uid: number, kind: 'group', mode: 'and'|'or'|'not', children: Part[], extra: object}} GroupPart
 * @typedef {{uid: number, kind: 'rule', field: string, operator: string, value: any, extra: object}} RulePart
 * @typedef {GroupPart | RulePart} Part
 */

let last = 0;
const uid = () => (last += 1);

const MODES = { and: 'and', all: 'and', or: 'or', any: 'or', not: 'not', none: 'not' };

export function newRule(field = '', operator = 'equals', value = null) {
  return { uid: uid(), kind: 'rule', field, operator, value, extra: {} };
}

export function newGroup(mode = 'and', children = []) {
  return { uid: uid(), kind: 'group', mode, children, extra: {} };
}

const isGroup = (json) => json && typeof json === 'object' && Array.isArray(json.conditions);

function partFrom(json) {
  if (isGroup(json)) {
    const { type, conditions, ...extra } = json;
    return { ...newGroup(MODES[type] || 'and', conditions.map(partFrom)), extra };
  }
  const { field = '', operator = 'equals', value = null, ...extra } = json || {};
  return { ...newRule(withoutBraces(field), operator, value), extra };
}

/** Read a condition; a lone comparison becomes a group with one rule. @returns {GroupPart} */
export function treeFrom(json) {
  if (isGroup(json)) return partFrom(json);
  return newGroup('and', json && json.field ? [partFrom(json)] : []);
}

/** A rule counts only when its field is chosen; a half-made one stays in the builder. */
export const isWritten = (part) => part.kind === 'group' || part.field !== '';

/** Write the tree as a document holds it. `unary` says which operators take no value. */
export function jsonOf(part, unary) {
  if (part.kind === 'group') {
    return { ...part.extra, type: part.mode, conditions: part.children.filter(isWritten).map((child) => jsonOf(child, unary)) };
  }
  const json = { ...part.extra, field: part.field, operator: part.operator };
  if (!unary.has(part.operator)) json.value = part.value;
  return json;
}

/** Find a part: `{part, parent, index}`, or null. */
export function find(root, wanted, parent = null, index = 0) {
  if (root.uid === wanted) return { part: root, parent, index };
  for (const [i, child] of (root.children || []).entries()) {
    const found = find(child, wanted, root, i);
    if (found) return found;
  }
  return null;
}

/** Address a part as verdicts do: `""` for the root, `"2.0"` for the first part of the third. */
export function pathOf(root, wanted, path = '') {
  if (root.uid === wanted) return path;
  let n = 0;
  for (const child of root.children || []) {
    if (!isWritten(child)) continue;
    const found = pathOf(child, wanted, path ? `${path}.${n}` : String(n));
    if (found !== null) return found;
    n += 1;
  }
  return null;
}

export function remove(root, wanted) {
  const found = find(root, wanted);
  if (found?.parent) found.parent.children.splice(found.index, 1);
}

/** Move a part before or after another one, or to the end of a group. A group does not go into itself. */
export function move(root, wanted, target, side) {
  const found = find(root, wanted);
  if (!found?.parent || wanted === target || find(found.part, target)) return false;
  found.parent.children.splice(found.index, 1);
  const to = find(root, target);
  if (side === 'into') to.part.children.push(found.part);
  else to.parent.children.splice(to.index + (side === 'after' ? 1 : 0), 0, found.part);
  return true;
}

/** Move a part one place up or down in reading order, into and out of groups on the way. */
export function moveStep(root, wanted, down) {
  const { part, parent, index } = find(root, wanted);
  if (!parent) return false;
  const next = parent.children[index + (down ? 1 : -1)];
  if (next?.kind === 'group') {
    parent.children.splice(index, 1);
    if (down) next.children.unshift(part);
    else next.children.push(part);
    return true;
  }
  if (next) {
    parent.children.splice(index, 1);
    parent.children.splice(index + (down ? 1 : -1), 0, part);
    return true;
  }
  const above = find(root, parent.uid);
  if (!above.parent) return false;
  parent.children.splice(index, 1);
  above.parent.children.splice(above.index + (down ? 1 : 0), 0, part);
  return true;
}
