/** One way for a field to tell the server: soon while typing, at once when left, and never its own echo. */
import { onBeforeUnmount, ref, watch } from 'vue';

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
    if (text === told) return;
    told = text;
    emit('change', value.value);
  }
  function write(next, { now = false } = {}) {
    value.value = next;
    clearTimeout(timer);
    if (now) tell();
    else timer = setTimeout(tell, PAUSE_MS);
  }
  watch(() => props.revision, () => {
    clearTimeout(timer);
    value.value = props.value;
    told = JSON.stringify(props.value ?? null);
  });
  // a field that disappears with something unsaid says it first
  onBeforeUnmount(() => timer && tell());
  return { value, write, tell };
}
