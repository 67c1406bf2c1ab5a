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


def nameless(page: Page) -> list[str]:
    """What can be operated but has no name."""
    return page.evaluate(NAMELESS)


def pale(page: Page) -> list[str]:
    """Texts with too little contrast to what is under them."""
    return page.evaluate(PALE)


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways."""
    return page.evaluate(WIDE)
