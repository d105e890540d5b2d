"""Take the pictures of the Ownvoice pages that the README and docs/pages.md show.

The lake is three weeks of the sample articles and the stand-in model on good days and bad; the Airflow is a real one.

Run as: make screenshots (python docs/screenshots.py)
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from ownvoice.exploration.explore import explored
from ownvoice.reviewing.draw import RoundRequest, draw_round
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.versions import version_or_latest

REPOSITORY = Path(__file__).parent.parent
sys.path.append(str(REPOSITORY / "tests"))

from stand_ins.airflow_server import AirflowServer, running_airflow  # noqa: E402 - the tests' stand-ins
from stand_ins.browser import running_chromium  # noqa: E402
from stand_ins.many_nights import refresh_many, run_id_of  # noqa: E402

IMAGES = REPOSITORY / "docs" / "images"
LAST, NIGHTS = dt.date(2026, 6, 21), 21
RUN = run_id_of(LAST)
ROUND = "review_pairs/manual__2026-06-21"


def main() -> None:
    """Write one picture of each page."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder, "lake").as_uri())
        refresh_many(lake, Path(folder, "articles"), LAST, NIGHTS)
        draw_round(lake, ROUND, RoundRequest(size=40))
        explored(lake, version_or_latest(lake, None), print)
        with running_airflow(Path(folder, "airflow"), lake.uri) as airflow, running_chromium() as browser:
            airflow.add_run("refresh_preferences", RUN)
            for name, (path, theme) in pictures(lake).items():
                take(browser, airflow, path, theme, IMAGES / f"pages-{name}.png")
                print(f"docs/images/pages-{name}.png")


def pictures(lake: Lake) -> dict[str, tuple[str, str]]:
    """Return the address and theme of each picture, by its name."""
    run = {"run_id": RUN}
    pair = _row(lake, "pairs", f"refresh_date = '{LAST}' ORDER BY character_length(chosen) DESC")
    chunk = _row(lake, "chunks", f"refresh_date = '{LAST}' AND array_length(faults) > 0 AND kept > 0")
    place = {name: chunk[name] for name in ("article_id", "chunk_index")}
    one_pair = {"version": NIGHTS, "date": LAST, "pair_id": pair["pair_id"]}
    tab = f"/dags/refresh_preferences/runs/{quote(RUN, safe='')}/plugin/ownvoice-run"
    return {
        "refreshes": ("/plugin/ownvoice", "light"),
        "refresh": (tab, "light"),
        "refreshes-dark": ("/plugin/ownvoice", "dark"),
        "chunks": (f"/ownvoice/chunks?{urlencode(run)}", "light"),
        "chunk": (f"/ownvoice/chunk?{urlencode(run | place)}", "light"),
        "pairs": ("/ownvoice/pairs", "light"),
        "pair": (f"/ownvoice/pair?{urlencode(one_pair)}", "light"),
        "versions": ("/ownvoice/versions", "light"),
        "version": (f"/ownvoice/version?number={NIGHTS}", "dark"),
        "explore": (f"/ownvoice/explore?version={NIGHTS}", "light"),
        "review": (f"/ownvoice/review?{urlencode({'round': ROUND})}", "light"),
    }


def take(browser: Any, airflow: AirflowServer, path: str, theme: str, image: Path) -> None:
    """Write down what a window of 1,280 by 900 pixels shows of a page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=theme)
    context.add_cookies([{"name": "_token", "value": airflow.client.cookies["_token"], "url": airflow.address}])
    context.add_init_script(f"localStorage.setItem('theme', '{theme}')")
    page = context.new_page()
    page.goto(airflow.address + path)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)  # the charts are drawn after the last answer has come
    page.screenshot(path=image)
    context.close()


def _row(lake: Lake, table: str, where: str) -> dict[str, Any]:
    batches = scan(lake.table(table), where=where)
    return next(row for batch in batches for row in batch.to_pylist())


if __name__ == "__main__":
    main()
