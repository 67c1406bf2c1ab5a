/** What a form shares with its fields: variables, formatters, operators. */
import { computed, inject, provide } from 'vue';
import { indexOf } from './variables.js';

const KEY = Symbol('flowstudio form');

/** Offer shared props to the fields below. */
export function provideScope(props) {
  provide(KEY, props);
}

/** Read a field's own props, else those of the form around it. */
export function useScope(props = {}) {
  const form = inject(KEY, null);
  const of = (name) => computed(() => props[name] ?? form?.[name] ?? []);
  const variables = of('variables');
  return { variables, formatters: of('formatters'), operators: of('operators'), index: computed(() => indexOf(variables.value)) };
}

/** The props that every field of a form takes. */
export const fieldProps = {
  label: { type: String, default: '' },
  help: { type: String, default: '' },
  placeholder: { type: String, default: '' },
  now: { type: String, default: null },
  error: { type: String, default: null },
  required: { type: Boolean, default: false },
  disabled: { type: Boolean, default: false },
  variables: { type: Array, default: null },
  formatters: { type: Array, default: null },
  revision: { type: Number, default: 0 },
  /** Where the value belongs (`entering.js`); without one only Python is told of it. */
  entry: { type: Object, default: null },
};
