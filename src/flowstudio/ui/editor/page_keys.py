"""The keys that work everywhere on the editor's page, from its first paint on; those of the canvas are its own."""

KEYS = """
(() => {
  const FIELDS = 'input:not([type=range]), textarea, select, [contenteditable], .cm-editor';
  const asked = () => document.querySelector('.q-dialog, .q-menu, .fs-wiring-hint, .fs-quick:not([hidden])');
  const tell = (event, name) => {
    event.preventDefault();
    event.stopPropagation();
    emitEvent('editor-command', {name});
  };
  addEventListener('keydown', (event) => {
    const control = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    const trial = document.querySelector('.fs-editor--trial');
    const typing = event.target.closest?.(FIELDS);
    if (control && !event.shiftKey && key === 'k') tell(event, 'commands');
    else if (asked()) return;
    else if (event.key === 'F10' && trial) tell(event, 'trial_step');
    else if (control && key === 'enter') {
      document.activeElement?.blur?.();  // a field tells what was typed when it is left
      tell(event, 'test');
    } else if (typing || control || event.altKey || event.shiftKey) return;
    else if (key === 'escape' && trial) tell(event, 'trial_close');
    else if (key === 'l' && document.querySelector('.fs-log-toggle')) tell(event, 'log');
  }, true);
})();
"""
