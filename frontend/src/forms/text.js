/** Texts with `{{ … }}`: cutting them into parts, and the filters of one part. */

/** @typedef {{kind: 'text', text: string} | {kind: 'expression', source: string, inner: string}} Part */

/** Find the end of a piece that begins at `from`: the index of `stop` outside quotes and brackets, or -1. */
function indexOutsideQuotes(text, stop, from) {
  let quote = null;
  let depth = 0;
  for (let i = from; i < text.length; i += 1) {
    const c = text[i];
    if (quote) {
      if (c === '\\') i += 1;
      else if (c === quote) quote = null;
    } else if (c === '"' || c === "'") quote = c;
    else if (depth === 0 && text.startsWith(stop, i)) return i;
    else if (c === '(' || c === '[') depth += 1;
    else if (c === ')' || c === ']') depth = Math.max(0, depth - 1);
  }
  return -1;
}

/** Cut a text into plain parts and `{{ … }}` parts; joining the parts gives the text again. @returns {Part[]} */
export function partsOf(text) {
  const parts = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{{', at);
    // an open brace pair without its end, or one with a stray quote, stays text
    let close = open < 0 ? -1 : indexOutsideQuotes(text, '}}', open + 2);
    if (open >= 0 && close < 0) close = text.indexOf('}}', open + 2);
    if (open < 0 || close < 0) {
      parts.push({ kind: 'text', text: text.slice(at) });
      break;
    }
    if (open > at) parts.push({ kind: 'text', text: text.slice(at, open) });
    parts.push({ kind: 'expression', source: text.slice(open, close + 2), inner: text.slice(open + 2, close).trim() });
    at = close + 2;
  }
  return parts;
}

/** Say whether a value is a text that holds an expression. */
export function holdsExpression(value) {
  return typeof value === 'string' && partsOf(value).some((part) => part.kind === 'expression');
}

const PATH = /^[\p{L}_][\p{L}\p{N}_]*(\.[\p{L}\p{N}_]+|\[\d+\]|\["[^"]*"\]|\['[^']*'\])*$/u;

/** Say whether an expression is one path (`invoice.customer.email`), which a pill can show by its human name. */
export function isPath(text) {
  return PATH.test(text);
}

/** Cut the inside of an expression into its head and its filters (`date('DD.MM.YYYY')`, `upper`). */
export function filtersOf(inner) {
  const pieces = [];
  let at = 0;
  for (;;) {
    const bar = indexOutsideQuotes(inner, '|', at);
    pieces.push(inner.slice(at, bar < 0 ? undefined : bar).trim());
    if (bar < 0) break;
    at = bar + 1;
  }
  return { head: pieces[0], filters: pieces.slice(1) };
}

/** Write an expression from its head and filters. */
export function expression(head, filters = []) {
  return `{{${[head, ...filters].join(' | ')}}}`;
}

/** The name of a filter (`date` of `date('DD.MM.YYYY')`). */
export function filterName(filter) {
  return /^\w*/.exec(filter)[0];
}

/** Turn `reminder_count` into `Reminder count`. */
export function humanName(name) {
  const words = name.replace(/_/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Cut out `{{` and `}}` where they enclose the whole text: condition fields are written without braces. */
export function withoutBraces(text) {
  const parts = partsOf(String(text ?? '').trim());
  return parts.length === 1 && parts[0].kind === 'expression' ? parts[0].inner : String(text ?? '').trim();
}
