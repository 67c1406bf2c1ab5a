/** Which operators a field's type has, and which input fits an operator. */
import { operatorType } from '../variables.js';

const QUANTIFIERS = new Set(['at_least_one', 'all', 'none']);
const DAYS = new Set(['days_ago', 'exactly_days_ago', 'more_than_days_ago', 'less_than_days_ago', 'days_from_now']);
const DURATIONS = new Set(['in_last', 'in_next']);
const SEVERAL = new Set(['in', 'not_in', 'contains_any', 'contains_all']);
const RANGES = new Set(['between', 'not_between']);
const USUAL = { boolean: 'is_true', list: 'contains', date: 'before', number: 'greater_than' };

/** Operators of a type, its own ones first, then those of any value. Groups are no choice for a rule. */
export function operatorsFor(operators, type) {
  const plain = operators.filter((one) => !(one.types || []).includes('group') && one.arity !== null);
  const wanted = operatorType(type);
  if (wanted === 'any') return plain;
  const same = ['equals', 'not_equals'];
  const fit = plain.filter((one) => one.types.includes(wanted) || one.types.includes('any'));
  const rank = (one) => (one.types.includes(wanted) ? 0 : same.includes(one.key) ? (wanted === 'text' || wanted === 'number' ? -1 : 1) : 2);
  return fit.map((one, i) => ({ one, i })).sort((a, b) => rank(a.one) - rank(b.one) || a.i - b.i).map(({ one }) => one);
}

/** The operator to begin with, or the present one where it suits. */
export function suitable(operators, type, present) {
  const fit = operatorsFor(operators, type);
  if (present && fit.some((one) => one.key === present)) return present;
  const usual = USUAL[operatorType(type)] || 'equals';
  return fit.some((one) => one.key === usual) ? usual : (fit[0]?.key ?? 'equals');
}

/** Name the input for an operator on a field: `none`, `nested`, or a kind of ValueInput. */
export function inputFor(operator, field) {
  const type = operatorType(field?.type);
  const choices = field?.choices?.length > 0;
  const plain = type === 'number' ? 'number' : type === 'date' ? 'date' : 'text';
  if (!operator || operator.arity === 1) return { kind: 'none' };
  if (QUANTIFIERS.has(operator.key)) return { kind: 'nested' };
  if (DAYS.has(operator.key)) return { kind: 'days', after: 'days' };
  if (DURATIONS.has(operator.key)) return { kind: 'duration' };
  if (operator.key.startsWith('length_')) return { kind: 'count', after: 'items' };
  if (RANGES.has(operator.key)) return { kind: 'range', of: plain };
  if (operator.key === 'equals_within') return { kind: 'tolerance', of: 'number' };
  if (SEVERAL.has(operator.key)) return choices ? { kind: 'choices' } : { kind: 'list', of: plain };
  if (choices && ['equals', 'not_equals', 'changed_to', 'changed_from', 'contains', 'not_contains'].includes(operator.key)) return { kind: 'choice' };
  if (type === 'boolean') return { kind: 'boolean' };
  return { kind: plain };
}

/** Keep a value where the new input can show it, else begin anew. */
export function valueFor(kind, value) {
  if (kind === 'none') return null;
  if (kind === 'nested') return value && typeof value === 'object' && !Array.isArray(value) ? value : { type: 'and', conditions: [] };
  if (value && typeof value === 'object' && 'field_of' in value) return value;
  if (['choices', 'list', 'range'].includes(kind)) return value === null || value === '' || typeof value === 'object' ? (Array.isArray(value) ? value : []) : [value];
  if (Array.isArray(value)) return value[0] ?? null;
  return value && typeof value === 'object' ? null : value;
}

/** Fields of a list's items, named as a nested condition names them (`status`, not `invoice.lines.status`). */
export function itemFields(list) {
  const strip = (items) =>
    (items || []).map((item) => {
      const path = item.path.startsWith(list.path) ? item.path.slice(list.path.length).replace(/^(\[\w*\])?\.?/, '') : item.path;
      return { ...item, path, children: item.children ? strip(item.children) : null };
    });
  return [{ title: list.label, icon: 'list', items: strip(list.children) }];
}
