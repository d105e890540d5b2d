"""The page of a night in a real browser, wide and narrow, light and dark, harmless and hostile."""

from __future__ import annotations

import pytest

from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from stand_ins.browser import CHROMIUM, running_chromium, shown


@pytest.fixture(scope="module")
def browser(night, hostile):
    """Start one for all tests; the nights come first, since none can run in a thread in which playwright does."""
    if not CHROMIUM.exists():
        pytest.skip(f"no {CHROMIUM} here: apt-get install chromium")
    with running_chromium() as started:
        yield started


def uri_of(lake: Lake) -> str:
    return f"{lake.uri}/{RunKeys('night').report_page}"


@pytest.mark.parametrize("made", ["night", "hostile"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (420, "light")])
def test_a_browser_shows_it_without_a_word_a_request_or_a_sideways_scroll(browser, made, width, scheme, request):
    lake, report = request.getfixturevalue(made)
    with shown(browser, uri_of(lake), width, scheme) as seen:
        seen.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        assert seen.page.title() == f"Refresh of 2026-04-01: night {report.verdict}, data doubtful"
        assert not seen.scrolls_sideways
        assert seen.console == []
        assert seen.requests == [uri_of(lake)]


def test_text_is_legible_on_light_and_on_dark(browser, night):
    """WCAG asks for a contrast of 4.5 between text and what it stands on."""
    lake, _report = night
    for scheme in ("light", "dark"):
        with shown(browser, uri_of(lake), 1280, scheme) as seen:
            assert seen.page.evaluate(LEAST_CONTRAST) >= 4.5


LEAST_CONTRAST = """() => {
  const parts = colour => colour.match(/[\\d.]+/g).map(Number)
  const light = colour => parts(colour).slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
  const ground = one => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor
      if ((parts(colour)[3] ?? 1) > 0) return colour
    }
    return getComputedStyle(document.body).backgroundColor
  }
  const written = one => [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
  const contrasts = [...document.body.querySelectorAll('*')].filter(written).map(one => {
    const style = getComputedStyle(one)
    const ink = one instanceof SVGElement ? style.fill : style.color
    const [low, high] = [light(ink), light(ground(one))].sort((a, b) => a - b)
    return (high + .05) / (low + .05)
  })
  return Math.min(...contrasts)
}"""
