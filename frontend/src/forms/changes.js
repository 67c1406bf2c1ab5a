/** One way for a field to tell the server: soon while typing, at once when left, and never its own echo. */
import { onBeforeUnmount, ref, watch } from 'vue';
import { enter, leave, touch } from '../entering.js';

const PAUSE_MS = 250;

/**
 * Hold a field's value. The server's value is taken at the start and whenever `revision` changes; between
 * those, what the person writes wins.
 */
export function useChanges(props, emit) {
  const value = ref(props.value);
  let told = JSON.stringify(props.value ?? null);
  let timer = null;

  function tell() {
    clearTimeout(timer);
    timer = null;
    const text = JSON.stringify(value.value ?? null);
    if (text === told) return void (props.entry && leave(props.entry));
    told = text;
    emit('change', value.value);
    if (props.entry) enter(props.entry, value.value);
  }
  function write(next, { now = false } = {}) {
    value.value = next;
    if (props.entry) touch(props.entry);
    clearTimeout(timer);
    if (now) tell();
    else timer = setTimeout(tell, PAUSE_MS);
  }
  watch(() => props.revision, () => {
    // what is unsaid when another value comes is said first: the server finds that the two disagree
    if (timer && props.entry) tell();
    clearTimeout(timer);
    timer = null;
    value.value = props.value;
    told = JSON.stringify(props.value ?? null);
  });
  // a field that disappears with something unsaid says it first
  onBeforeUnmount(() => timer && tell());
  return { value, write, tell };
}
