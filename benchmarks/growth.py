"""What each step of a night costs by the size of the lake, and what that makes at ten million articles.

Every lake holds so many articles of the same length, ten pairs each, with their originals, sketches and grams; a night
brings a hundred new ones. Each size runs in a process of its own. The table has CPU seconds, since a busy machine
stretches the others, and the most memory of the process while the step ran; the last two columns are the slope between
the two largest lakes, and what a lake of ten million would take if it went on like that.

Run as: python benchmarks/growth.py [--articles 2000 8000 16000]
"""

from __future__ import annotations

import argparse
import datetime as dt
import multiprocessing
import resource
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from _grown_lake import PAIRS_AN_ARTICLE, article, remember, sha256_of

from ownvoice.articles.list_new_articles import list_new_articles
from ownvoice.articles.near_duplicates.search import complete_index
from ownvoice.chunks.plan_batches import plan_batches
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.run import RefreshRun
from ownvoice.dataset.commit import commit_version
from ownvoice.dataset.verify import verify
from ownvoice.llm.client import ModelAccess
from ownvoice.offline_model.server import OFFLINE_MODEL, running_offline_model
from ownvoice.pages.pair_search import PairFilter
from ownvoice.pages.pairs import pairs_page
from ownvoice.pairs.curate import curate_batch
from ownvoice.pairs.grams.index import GramIndex
from ownvoice.reports.report import write_report
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.triples.generate import generate_batch

NEW_ARTICLES = 100
TODAY = dt.date(2026, 5, 10)
LARGEST = 10_000_000
RUN_ID, BATCH = "the-night", "batch-0000"


@dataclass(frozen=True, slots=True)
class World:
    """A lake of so many articles, a source with a hundred new ones, and the address of the model."""

    folder: Path
    articles: int
    base_url: str

    @property
    def lake(self) -> Lake:
        """The lake."""
        return Lake((self.folder / "lake").as_uri())

    @property
    def source(self) -> Path:
        """The folder of the source."""
        return self.folder / "articles"

    @property
    def texts(self) -> list[str]:
        """The hashes of the originals of the known articles."""
        return [sha256_of(number) for number in range(self.articles)]


def sketches_once(world: World) -> None:
    """Make the index of sketches, as the first night after a restore does."""
    complete_index(world.lake, world.texts)


def grams_once(world: World) -> None:
    """Make the index of grams, as the first night after a restore does."""
    GramIndex(world.lake).complete(world.texts)


def listing(world: World) -> None:
    """List the source and find what is new."""
    run = RefreshRun(
        run_id=RUN_ID,
        refresh_date=TODAY,
        articles_uri=world.source.as_uri(),
        recipe=GenerationRecipe(model=OFFLINE_MODEL),
        max_generation_tasks=1,
        reconcile_every_days=30,
    )
    list_new_articles(world.lake, ObjectStore(run.articles_uri), run)


def planning(world: World) -> None:
    """Cut the new articles into chunks."""
    plan_batches(world.lake, RUN_ID)


def asking(world: World) -> None:
    """Ask the offline model about every chunk."""
    generate_batch(world.lake, RUN_ID, BATCH, lambda _: ModelAccess(world.base_url, "no-key"))


def curating(world: World) -> None:
    """Judge every answer."""
    curate_batch(world.lake, RUN_ID, BATCH)


def committing(world: World) -> None:
    """Commit the version."""
    version = commit_version(world.lake, RUN_ID)
    assert version and version.pairs == world.articles * PAIRS_AN_ARTICLE + version.added - version.retired


def reporting(world: World) -> None:
    """Write the report and its page."""
    write_report(world.lake, RUN_ID)


def page_of_pairs(world: World) -> None:
    """Fill the page of pairs for the first time."""
    pairs_page(world.lake, None, PairFilter(split="test"))


def verifying(world: World) -> None:
    """Prove the version."""
    proof = verify(world.lake)
    assert proof.passed, proof


STEPS = (
    *(sketches_once, grams_once, listing, planning, asking),
    *(curating, committing, reporting, page_of_pairs, verifying),
)


class Cost(NamedTuple):
    """What a step took of a process of its own."""

    cpu_s: float
    peak_mb: float
    read_mb: float


def main() -> None:
    """Measure each size; print a row for each step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[2_000, 8_000, 16_000])
    sizes = sorted(set(parser.parse_args().articles))
    if len(sizes) < 2:
        parser.error("a slope needs two sizes")
    lakes = {articles: measure(articles) for articles in sizes}
    for unit, title in (("cpu_s", "CPU seconds"), ("peak_mb", "most megabytes held"), ("read_mb", "megabytes read")):
        print(f"{title:22}" + "".join(f"{size:>10,}" for size in sizes) + f"{'per 1,000':>12}{f'{LARGEST:,}':>14}")
        for step in STEPS:
            print_row(
                step.__name__.replace("_", " "), {n: getattr(cost[step.__name__], unit) for n, cost in lakes.items()}
            )


def print_row(name: str, values: dict[int, float]) -> None:
    """Print what a step took by size, its slope for a thousand articles, and what that makes at the largest lake."""
    *_, (fewer, less), (many, more) = values.items()
    slope = (more - less) / (many - fewer)
    columns = "".join(f"{one:10,.2f}" for one in values.values())
    print(f"{name:22}{columns}{slope * 1000:12.4f}{more + max(slope, 0) * (LARGEST - many):14,.0f}")


def measure(articles: int) -> dict[str, Cost]:
    """Return the cost of each step over a lake of so many articles, by the name of the step."""
    with tempfile.TemporaryDirectory() as folder, running_offline_model() as model:
        world = World(Path(folder), articles, model.base_url)
        remember(world.lake, articles)
        write_new(world)
        return {step.__name__: in_a_process(step, world) for step in STEPS}


def write_new(world: World) -> None:
    """Write a hundred articles that the lake does not know."""
    folder = world.source / f"dt={TODAY}"
    folder.mkdir(parents=True)
    for number in range(world.articles, world.articles + NEW_ARTICLES):
        (folder / f"{number}.md").write_text(article(number), encoding="utf-8")


def in_a_process(step: Callable[[World], None], world: World) -> Cost:
    """Take a step in a new process, as an Airflow task does."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_cost_of, (step, world))


def _cost_of(step: Callable[[World], None], world: World) -> Cost:
    import deltalake  # noqa: F401  # loaded by every step, and so not part of its cost

    cpu_s, read_bytes = _used()
    step(world)
    cpu_s_after, read_bytes_after = _used()
    return Cost(cpu_s_after - cpu_s, _peak_mb(), (read_bytes_after - read_bytes) / 1e6)


def _used() -> tuple[float, int]:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime, int(Path("/proc/self/io").read_text().split()[1])


def _peak_mb() -> float:
    # Not ru_maxrss, which a process takes over from the one that starts it.
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1000


if __name__ == "__main__":
    main()
