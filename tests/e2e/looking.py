"""What a page must keep to for people who see little, nothing, or only on a phone."""

from playwright.sync_api import Page

NAMELESS = """() => {
  const shown = (e) => e.checkVisibility?.({checkVisibilityCSS: true, checkOpacity: false}) && !e.closest('[aria-hidden=true]');
  const text = (e) => (e.innerText || e.textContent || '').trim();
  const named = (e) => {
    const by = (e.getAttribute('aria-labelledby') || '').split(/\\s+/).filter(Boolean).map((id) => document.getElementById(id)).filter(Boolean);
    if (e.getAttribute('aria-label')?.trim() || by.some(text) || e.getAttribute('title')?.trim()) return true;
    if (e.matches('input, select, textarea, [contenteditable=true]')) return [...(e.labels || [])].some(text);
    return text(e) || [...e.querySelectorAll('img[alt], [aria-label]')].some((i) => i.alt || i.ariaLabel);
  };
  return [...document.querySelectorAll('button, a[href], input:not([type=hidden]):not([type=file]), select, textarea, [contenteditable=true], [role=button], [role=switch], [role=tab], [role=group]')]
    .filter(shown).filter((e) => !named(e)).map((e) => e.outerHTML.slice(0, 160));
}"""

PALE = """() => {
  const numbers = (css) => (css.match(/[\\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, below) => { const a = top[3] ?? 1; return [0, 1, 2].map((i) => top[i] * a + below[i] * (1 - a)); };
  const ground = (e) => {
    const layers = [];
    for (let at = e; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (colour.startsWith('color') || colour.startsWith('oklab')) return null;
      const found = numbers(colour);
      if (found.length === 3 || found[3] > 0) { layers.push(found); if ((found[3] ?? 1) === 1) break; }
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255]);
  };
  const found = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, e = node.parentElement;
    if (!node.data.trim() || !e || !e.checkVisibility({checkVisibilityCSS: true, checkOpacity: true})) continue;
    if (e.closest('svg, script, style, [disabled], [aria-disabled=true], .fs-away, [aria-hidden=true]')) continue;
    const style = getComputedStyle(e), below = ground(e), size = parseFloat(style.fontSize);
    if (!below || !style.color.startsWith('rgb')) continue;
    const [a, b] = [light(over(numbers(style.color), below)), light(below)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const needed = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < needed - 0.05) found.set(`${e.className} "${node.data.trim().slice(0, 40)}"`, ratio.toFixed(2));
  }
  return [...found].slice(0, 12).map(([what, ratio]) => `${ratio}: ${what}`);
}"""

WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > width + 1 && e.checkVisibility())
    .slice(0, 6).map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`);
}"""


SMALL = """() => {
  const all = [...document.querySelectorAll('main :is(button, a[href], input, select, textarea, label, summary, [role=button], [role=switch], [role=tab], [role=checkbox])')]
    .filter((e) => e.checkVisibility({checkVisibilityCSS: true, checkOpacity: true}))
    .filter((e) => !e.closest('.fs-canvas, [inert], [aria-hidden=true], .fs-hidden-text') && !e.disabled && e.getAttribute('aria-disabled') !== 'true');
  // What is pressed of a field is its frame, of a box its label.
  const pressed = (e) => e.matches('input, textarea, select') ? e.closest('label, .q-field__control') ?? e : e;
  const places = new Map(all.filter((e) => !e.matches('label') || e.control).map((e) => [pressed(e), e]));
  const boxes = [...places.keys()].map((e) => [e, e.getBoundingClientRect()]).filter(([, box]) => box.width > 1 && box.height > 1);
  const within = (e) => e.matches('a') && getComputedStyle(e).display === 'inline';
  const far = ([e, a]) => {
    const [x, y] = [a.x + a.width / 2, a.y + a.height / 2];
    return boxes.every(([other, b]) => {
      if (other === e || other.contains(e) || e.contains(other)) return true;
      const small = b.width < 24 || b.height < 24;
      const [dx, dy] = small ? [Math.abs(x - b.x - b.width / 2), Math.abs(y - b.y - b.height / 2)]
        : [Math.max(b.left - x, 0, x - b.right), Math.max(b.top - y, 0, y - b.bottom)];
      return Math.hypot(dx, dy) >= (small ? 24 : 12);
    });
  };
  const told = ([e, b], why) => `${why} ${e.tagName}.${e.className} "${(e.ariaLabel || e.innerText || '').trim().slice(0, 30)}" ${Math.round(b.width)}x${Math.round(b.height)}`;
  return [
    ...boxes.filter(([e, b]) => (b.width < 23.5 || b.height < 23.5) && !within(e)).filter((one) => !far(one)).map((one) => told(one, 'under 24')),
    ...boxes.filter(([e, b]) => e.matches('.fs-btn--pri, .fs-btn--danger, .fs-rail__item') && b.height < 43.5).map((one) => told(one, 'under 44')),
  ].slice(0, 12);
}"""


def nameless(page: Page) -> list[str]:
    """What can be operated but has no name."""
    return page.evaluate(NAMELESS)


def pale(page: Page) -> list[str]:
    """Texts with too little contrast to what is under them."""
    return page.evaluate(PALE)


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return page.evaluate(WIDE)


def too_small(page: Page) -> list[str]:
    """What a finger misses: under 24 px with others close by (WCAG 2.5.8), or a deed of the page under 44 px."""
    return page.evaluate(SMALL)
