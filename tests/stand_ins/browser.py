"""A real browser for pages: headless chromium, with everything that it complains about or asks for written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHROMIUM = Path("/usr/bin/chromium")


@dataclass
class Seen:
    """A page as the browser shows it, its console, and every address that was asked for."""

    page: Any
    console: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def scrolls_sideways(self) -> bool:
        """Whether a reader would have to."""
        return bool(self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


@contextmanager
def running_chromium() -> Iterator[Any]:
    """Start a browser and yield it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def shown(browser: Any, uri: str, width: int, color_scheme: str = "light") -> Iterator[Seen]:
    """Show `uri` in a window `width` pixels wide."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=color_scheme)
    seen = Seen(page)
    page.on("console", lambda message: seen.console.append(message.text))
    page.on("pageerror", lambda error: seen.console.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    page.goto(uri)
    yield seen
    page.close()
