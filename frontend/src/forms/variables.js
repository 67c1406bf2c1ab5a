/** What can be picked: looking up, searching and naming the variables that the server offers. */
import { filtersOf, humanName, isPath } from './text.js';

/**
 * @typedef {{path: string, label: string, type: string, sample?: string, available?: boolean, reason?: string|null,
 *   children?: Item[]|null, icon?: string, choices?: {value: any, label: string}[]}} Item
 * @typedef {{title: string, icon?: string, items: Item[]}} Group
 */

const MIME = 'application/x-flowstudio-variable';

const ICONS = {
  text: 'letter-t', number: 'hash', date: 'calendar', boolean: 'toggle-left', list: 'list', record: 'box', any: 'braces',
  money: 'coins', email: 'at', choice: 'tag', file: 'paperclip',
};

/** Name the icon of a type, or the item's own. */
export function iconOf(item) {
  return item?.icon || ICONS[item?.type] || ICONS.any;
}

/** The type that operators know for an item's type. */
export function operatorType(type) {
  return { money: 'number', integer: 'number', email: 'text', choice: 'text', enum: 'text', file: 'text' }[type] || type || 'any';
}

/** Words for the kinds of value that a field wants, shown beside the search. */
export const WANTED = {
  number: 'Numbers and money', date: 'Dates', boolean: 'Yes or no', list: 'Lists', text: 'Texts', record: 'Records',
};

/** Say whether an item suits the wanted type; what has parts may hold something that does. */
export function suits(item, wanted) {
  if (!wanted || wanted === 'any') return true;
  const type = operatorType(item.type);
  return type === wanted || type === 'any';
}

/** Visit each item, at any depth, with its group and depth. */
export function* everyItem(groups) {
  function* below(items, group, depth, parent) {
    for (const item of items || []) {
      yield { item, group, depth, parent };
      yield* below(item.children, group, depth + 1, item);
    }
  }
  for (const group of groups || []) yield* below(group.items, group, 0, null);
}

/** Index the items by path. @returns {Map<string, Item>} */
export function indexOf(groups) {
  const index = new Map();
  for (const { item } of everyItem(groups)) if (!index.has(item.path)) index.set(item.path, item);
  return index;
}

const steps = (path) => path.match(/^[\p{L}_][\p{L}\p{N}_]*|\.[\p{L}\p{N}_]+|\[[^\]]*\]/gu) || [];

/**
 * Describe one expression for its pill: what it is called, which icon it has, and whether it can be found.
 * Below a value of open shape any path is allowed; a name nobody gives is broken. What the trigger gives has two
 * names: the list says `invoice`, documents from elsewhere say `trigger.invoice`.
 */
export function describe(inner, index) {
  const { head: written, filters } = filtersOf(inner);
  if (!isPath(written)) return { label: written || 'Empty', icon: 'math-function', broken: !written, formula: true, filters, item: null };
  const head = index.has(written) ? written : written.replace(/^trigger\.(?=[\p{L}_])/u, '');
  const known = index.get(head);
  if (known) {
    return { label: known.label, icon: iconOf(known), broken: false, away: known.available === false, reason: known.reason, filters, item: known };
  }
  const parts = steps(head);
  for (let n = parts.length - 1; n > 0; n -= 1) {
    const above = index.get(parts.slice(0, n).join(''));
    if (above) {
      const rest = parts.slice(n).map((part) => part.replace(/^\.|^\[["']?|["']?\]$/g, '')).join(' ');
      const open = !above.children?.length || above.type === 'list' || above.open;
      return { label: `${above.label} ${humanName(rest).toLowerCase()}`, icon: ICONS.any, broken: !open, filters, item: null };
    }
  }
  const last = parts[parts.length - 1].replace(/^\./, '');
  return { label: humanName(last), icon: ICONS.any, broken: index.size > 0, filters, item: null };
}

/** Fold a text for search: lower case, without accents. */
const fold = (text) => text.toLowerCase().normalize('NFD').replace(/\p{Diacritic}/gu, '');

/** Rank an item for a search: 0 begins with it, 1 a word does, 2 contains it, 3 its path does, null not at all. */
export function rank(item, query) {
  const words = fold(query).split(/\s+/).filter(Boolean);
  const label = fold(item.label);
  const path = fold(item.path);
  if (!words.every((word) => label.includes(word) || path.includes(word))) return null;
  const first = words[0] || '';
  if (label.startsWith(first)) return 0;
  if (label.includes(` ${first}`)) return 1;
  return label.includes(first) ? 2 : 3;
}

/** Cut a label into pieces so that the found part can be set in bold. */
export function marked(label, query) {
  const word = fold(query).split(/\s+/).filter(Boolean)[0];
  const at = word ? fold(label).indexOf(word) : -1;
  if (at < 0) return [{ text: label, hit: false }];
  return [
    { text: label.slice(0, at), hit: false },
    { text: label.slice(at, at + word.length), hit: true },
    { text: label.slice(at + word.length), hit: false },
  ].filter((piece) => piece.text);
}

/** Read the path out of a drag of a variable, or null. */
export function draggedPath(event) {
  const raw = event.dataTransfer?.getData(MIME);
  if (!raw) return null;
  try {
    return JSON.parse(raw).path ?? null;
  } catch {
    return raw;
  }
}

/** Say whether a drag carries a variable (its content can be read only on the drop). */
export function dragsVariable(event) {
  return [...(event.dataTransfer?.types || [])].includes(MIME);
}
