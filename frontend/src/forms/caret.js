/** The caret in an editable element that shows pills, counted in characters of the text it stands for. */

/** Zero-width space: gives the caret a place beside a pill; never part of the value. */
export const GAP = '\u200B';

const isPill = (node) => node.nodeType === 1 && node.dataset?.source !== undefined;

function lengthOf(node) {
  if (node.nodeType === 3) return node.data.replaceAll(GAP, '').length;
  if (isPill(node)) return node.dataset.source.length;
  if (node.nodeName === 'BR') return 1;
  return [...node.childNodes].reduce((sum, child) => sum + lengthOf(child), 0);
}

/** Read the text an editable element stands for. */
export function textOf(root) {
  let text = '';
  for (const node of root.childNodes) {
    if (node.nodeType === 3) text += node.data.replaceAll(GAP, '');
    else if (isPill(node)) text += node.dataset.source;
    else if (node.nodeName === 'BR') text += '\n';
    else text += textOf(node);
  }
  return text;
}

/** Turn a place in the document into an offset in the text. */
function offsetAt(root, container, offset) {
  if (!root.contains(container)) return null;
  const pill = (container.nodeType === 1 ? container : container.parentElement).closest('[data-source]');
  let node = container;
  let count = 0;
  if (pill && root.contains(pill)) {
    node = pill;
    count = pill.dataset.source.length;
  } else if (container.nodeType === 3) count = container.data.slice(0, offset).replaceAll(GAP, '').length;
  else count = [...container.childNodes].slice(0, offset).reduce((sum, child) => sum + lengthOf(child), 0);
  while (node !== root) {
    for (let before = node.previousSibling; before; before = before.previousSibling) count += lengthOf(before);
    node = node.parentNode;
  }
  return count;
}

/** Return the selection inside the element as `[start, end]` in characters, or null. */
export function selectionIn(root) {
  const selection = document.getSelection();
  if (!selection?.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const start = offsetAt(root, range.startContainer, range.startOffset);
  const end = offsetAt(root, range.endContainer, range.endOffset);
  return start === null || end === null ? null : [start, end];
}

function placeOf(root, offset) {
  let left = offset;
  const children = [...root.childNodes];
  for (const [i, node] of children.entries()) {
    const length = lengthOf(node);
    if (node.nodeType === 3 && left <= length) {
      let at = 0;
      for (let seen = 0; at < node.data.length && (seen < left || node.data[at] === GAP); at += 1) if (node.data[at] !== GAP) seen += 1;
      return [node, at];
    }
    // never inside a pill: its right edge belongs to the text node that follows
    if (node.nodeType !== 3 && left < length) return [root, i];
    left -= length;
  }
  return [root, children.length];
}

/** Put the caret (or a selection) at offsets of the text. */
export function setSelection(root, start, end = start) {
  const [startNode, startAt] = placeOf(root, start);
  const [endNode, endAt] = start === end ? [startNode, startAt] : placeOf(root, end);
  document.getSelection().setBaseAndExtent(startNode, startAt, endNode, endAt);
}

/** Return the screen rectangle of the caret, or that of the element. */
export function caretRect(root) {
  const selection = document.getSelection();
  if (selection?.rangeCount && root.contains(selection.anchorNode)) {
    const rect = [...selection.getRangeAt(0).getClientRects()].pop();
    if (rect && rect.height) return rect;
  }
  return root.getBoundingClientRect();
}
