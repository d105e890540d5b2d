"""Clean and cut with offsets, against the chapter's own functions, side by side in one run.

Run as:

    python benchmarks/text.py

The claim: clean and cut with offsets at three times the chapter's own speed, on the chapter's own input, which is the
book's 76 articles as the book cleaned them (`../shared/data/book`). Exits with 1 where it does not hold. The table
shows the raw articles too: there ours strips Markdown, menus and code, which the chapter's functions leave in the text.
Where the book is not at hand the sample articles are read, repeated. The rounds alternate between the three, so that a
busy machine slows all of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from ownvoice.chunks import cut_article
from ownvoice.config.recipe import GenerationRecipe

REPOSITORY = Path(__file__).resolve().parent.parent
BOOK = REPOSITORY.parent / "shared" / "data" / "book"
sys.path.insert(0, str(REPOSITORY / "tests"))

from stand_ins.chapter6 import extract_substrings  # noqa: E402

ROUNDS = 15
TARGET_RATIO = 3.0
SAMPLE_REPEATS = 10


def load_articles() -> dict[str, list[str]]:
    """Return the contents to read, by the name of the set; the first set decides."""
    if not BOOK.is_dir():
        samples = [path.read_text() for path in sorted((REPOSITORY / "samples" / "articles").glob("*.md"))]
        return {"samples": samples * SAMPLE_REPEATS}
    raw, cleaned = (
        json.loads((BOOK / f"{name}_documents.json").read_text())["artifact_data"] for name in ("raw", "cleaned")
    )
    return {
        "cleaned": [article["content"] for article in cleaned],
        "raw": [article["content"]["Content"] for article in raw],
    }


def time_rounds(contents: list[str], runs: dict[str, Callable[[str], object]]) -> dict[str, list[float]]:
    """Return the seconds of each round, by run."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(ROUNDS):
        for name, run in runs.items():
            start = perf_counter()
            for content in contents:
                run(content)
            seconds[name].append(perf_counter() - start)
    return seconds


def main() -> int:
    """Print the table; return the exit code."""
    faithful, chapter = GenerationRecipe(), GenerationRecipe(cleaning="chapter")
    runs: dict[str, Callable[[str], object]] = {
        "chapter 6 (no offsets)": extract_substrings,
        "ours, faithful": lambda content: cut_article(content, faithful),
        "ours, chapter": lambda content: cut_article(content, chapter),
    }
    reached: dict[str, float] = {}
    print(f"{'articles':10}{'run':26}{'MB/s':>7}{'ratio':>8}  (median of {ROUNDS} rounds, min-max)")
    for articles, contents in load_articles().items():
        megabytes = sum(len(content.encode()) for content in contents) / 1e6
        seconds = time_rounds(contents, runs)
        peer = seconds["chapter 6 (no offsets)"]
        for name, times in seconds.items():
            ratios = [theirs / ours for theirs, ours in zip(peer, times, strict=True)]
            spread = f"{min(ratios):.2f}-{max(ratios):.2f}"
            print(f"{articles:10}{name:26}{megabytes / median(times):7.1f}{median(ratios):8.2f}  {spread}")
            if name == "ours, faithful":
                reached[articles] = median(ratios)
    first, ratio = next(iter(reached.items()))
    met = ratio >= TARGET_RATIO
    print(f"Target {TARGET_RATIO} on {first}: {'met' if met else 'NOT met'} ({ratio:.2f}).")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
