/** Values as people write them and as documents hold them: numbers, durations, lists, ranges. */
import { holdsExpression } from './text.js';

export const UNITS = ['seconds', 'minutes', 'hours', 'days', 'weeks'];

/** Read a number as people write it (`1,240.50`), or give the text back. An empty text is no value. */
export function readNumber(text) {
  const plain = text.trim();
  if (plain === '') return null;
  if (/^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(plain)) return Number(plain.replaceAll(',', ''));
  return /^[-+]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : text;
}

/** Show any value as text in a field. */
export function showText(value) {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Cut a duration (`"3 days"`) into amount and unit; what is written otherwise gives null. */
export function readDuration(text) {
  const found = /^\s*(\d+(?:\.\d+)?)\s+(second|minute|hour|day|week)s?\s*$/.exec(text ?? '');
  return found ? { amount: found[1], unit: `${found[2]}s` } : null;
}

/** Write a duration in its one form: singular for 1. */
export function writeDuration(amount, unit) {
  const plain = String(amount).trim();
  return plain === '' ? '' : `${plain} ${Number(plain) === 1 ? unit.slice(0, -1) : unit}`;
}

/** Read a list from a text with commas; one expression alone stays a text, so that it keeps its own list. */
export function readList(text, number = false) {
  if (holdsExpression(text) && /^\s*\{\{[^}]*\}\}\s*$/.test(text)) return text.trim();
  const items = text.split(',').map((item) => item.trim()).filter((item) => item !== '');
  return number ? items.map(readNumber) : items;
}

/** Show a list with commas. */
export function showList(value) {
  return Array.isArray(value) ? value.map(showText).join(', ') : showText(value);
}

/** Cut `low,high` or a list of two into its two ends. */
export function readPair(value) {
  if (Array.isArray(value)) return [value[0] ?? null, value[1] ?? null];
  const [low, high] = showText(value).split(',');
  return [low?.trim() ? readNumber(low.trim()) : null, high?.trim() ? readNumber(high.trim()) : null];
}
