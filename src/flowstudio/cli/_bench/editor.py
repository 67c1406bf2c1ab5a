"""editor: how long a workflow takes to open, how smoothly it drags and pans, how soon a click is answered."""

from __future__ import annotations

import re
import shutil
import time
from typing import TYPE_CHECKING, Any

from flowstudio.cli._bench.figures import Size, exponent, median, rounded
from flowstudio.cli._bench.servers import App, app, folder
from flowstudio.cli._bench.workflows import drawn, lived_in
from flowstudio.domain.json import JsonObject

if TYPE_CHECKING:
    from playwright.sync_api import Page

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
READY = ".fs-canvas[data-ready=true]"
FRAMES = """() => { window.__frames = []; const tick = t => { window.__frames.push(t); window.__tick =
 requestAnimationFrame(tick); }; requestAnimationFrame(tick); }"""
COUNTED = "() => { cancelAnimationFrame(window.__tick); return window.__frames; }"
ANSWERED = """name => new Promise(done => { const node = [...document.querySelectorAll('.fs-canvas [role=group]')]
 .find(e => e.ariaLabel === name || e.getAttribute('aria-label') === name);
 const box = node.getBoundingClientRect(), began = performance.now();
 const watch = new MutationObserver(() => { watch.disconnect(); done(performance.now() - began); });
 watch.observe(document.body, {subtree: true, childList: true, attributes: true, attributeFilter: ['class', 'hidden']});
 for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click'])
  node.dispatchEvent(new (type.startsWith('pointer') ? PointerEvent : MouseEvent)(type, {bubbles: true, button: 0,
   clientX: box.x + box.width / 2, clientY: box.y + box.height / 2}));
 setTimeout(() => { watch.disconnect(); done(-1); }, 3000); })"""


def measure(size: Size) -> JsonObject:
    """Open workflows of four sizes in Chromium, and move about in them as a person does."""
    browser_path = next((path for name in NAMES if (path := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return {"what": "the editor in Chromium", "skipped": "Playwright is not installed (python3 run.py test)."}
    if browser_path is None:
        return {"what": "the editor in Chromium", "skipped": "There is no Chromium on this machine."}
    with folder() as data, app(data) as studio, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 900}, base_url=str(studio.client.base_url))
            _sign_in(studio, page)
            reference = _blank(page)
            counts = size.counts((100, 200, 500, 1000), (20,))
            end = time.monotonic() + size.pick(45, 30)
            documents = [drawn(count, f"wf_bench_{count}") for count in counts]
            rows = [_row(studio, page, one, size.count(5, 1), end) for one in documents]
            lived = _row(studio, page, lived_in(size.count(20, 1)), size.count(5, 1), end)
        finally:
            browser.close()
    return {
        "what": "Chromium without a graphics card, beside the server: medians",
        "rows": rows,
        "loops_branches_notes_and_groups": lived,
        "reference_frames_per_second_of_an_empty_page": reference,
        "open_grows_with_nodes": exponent({row["nodes"]: row["open_ms"] for row in rows}),
        "goals": {"open_ms_at_500": 2300, "open_ms_at_100": 1000, "drag_fps": 50, "pan_fps": 55, "click_ms": 150},
    }


def _row(studio: App, page: Page, document: JsonObject, times: int, end: float) -> JsonObject:
    answer = studio.client.post("/api/v1/workflows/import", json=document)
    answer.raise_for_status()
    opened: list[float] = []
    for number in range(times):
        if number and time.monotonic() > end:
            break
        began = time.perf_counter()
        page.goto(f"/workflows/{document['id']}")
        page.wait_for_selector(READY, timeout=60_000)
        opened.append((time.perf_counter() - began) * 1000)
    return {
        "nodes": len(document["nodes"]), "open_ms": rounded(median(opened)), "opened_times": len(opened),
        "pan_fps": _moving(page, on_node=False), "drag_fps": _moving(page, on_node=True),
        "click_answered_ms": rounded(median(_clicks(page, min(times, 3)))),
    }  # fmt: skip


def _moving(page: Page, *, on_node: bool) -> float:
    """Drag the canvas or a box to and fro for about a second; return frames per second."""
    x, y = _grip(page, on_node=on_node)
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(FRAMES)
    began = time.perf_counter()
    step = 0
    while time.perf_counter() - began < 1:
        step += 1
        page.mouse.move(x + step % 40 * 4, y + step % 25 * 4)
    stamps: list[float] = page.evaluate(COUNTED)
    page.mouse.up()
    return rounded((len(stamps) - 1) * 1000 / (stamps[-1] - stamps[0])) if len(stamps) > 1 else 0.0


def _grip(page: Page, *, on_node: bool) -> tuple[float, float]:
    """Return a spot of the canvas that is on a box, or on none."""
    found: Any = page.evaluate(
        """onNode => { const root = document.querySelector('.fs-canvas').getBoundingClientRect();
        for (let y = root.top + 120; y < root.bottom - 60; y += 7)
         for (let x = root.left + 120; x < root.right - 120; x += 7) {
          const at = document.elementFromPoint(x, y); if (!at || !at.closest('.fs-canvas')) continue;
          const box = at.closest('[role=group]');
          if (onNode ? box && !at.closest('button') : !box && at.closest('.vue-flow__pane')) return [x, y]; }
         return [root.left + root.width / 2, root.top + 40]; }""",
        on_node,
    )
    return float(found[0]), float(found[1])


def _clicks(page: Page, times: int) -> list[float]:
    """Click boxes and wait until the page shows a change."""
    names: list[str] = page.locator(".fs-canvas [role=group]").evaluate_all(
        "all => all.slice(0, 6).map(e => e.getAttribute('aria-label'))"
    )
    found = [float(page.evaluate(ANSWERED, name)) for name in names[1 : times + 1]]
    return [one for one in found if one >= 0]


def _blank(page: Page) -> float:
    """Return the frames per second of a page with nothing on it: the most this machine shows."""
    page.goto("about:blank")
    page.evaluate(FRAMES)
    page.wait_for_timeout(700)
    stamps: list[float] = page.evaluate(COUNTED)
    return rounded((len(stamps) - 1) * 1000 / (stamps[-1] - stamps[0])) if len(stamps) > 1 else 0.0


def _sign_in(studio: App, page: Page) -> None:
    page.goto(studio.link)
    button = page.get_by_role("button", name=re.compile("sign in|continue|open", re.IGNORECASE))
    if "/sign-in" in page.url and button.count():
        button.first.click()
        page.wait_for_url(re.compile(r"^(?!.*/sign-in)"))
