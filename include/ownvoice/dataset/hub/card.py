"""The dataset card: computed from the version alone, the same for the same version. Pure.

What strangers wrote (names of authors and models among it) is escaped, so that it can be neither markup nor a link.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import yaml

from ownvoice.config.settings import HubDataset
from ownvoice.dataset.hub.facts import Facts
from ownvoice.dataset.refresh_report import ReportedAudit
from ownvoice.pairs.grams.grams import MIN_SENTENCE_WORDS, RUN_WORDS
from ownvoice.storage.tables import SPLITS
from ownvoice.terminal import printable

_SIZES = ((1_000, "1K"), (10_000, "10K"), (100_000, "100K"), (1_000_000, "1M"), (10_000_000, "10M"))
_MARKUP = re.compile(r"[^\w ,.-]|_|(?<=www)\.", re.IGNORECASE)


def dataset_card(target: HubDataset, facts: Facts) -> str:
    """Return the README.md of the dataset: what it is, what it was made from, and how to prove it."""
    missing = [split for split in SPLITS if not facts.splits.get(split)]
    parts = [
        _front_matter(target, facts),
        f"# {target.repo_id.rpartition('/')[2]}",
        _summary(facts),
        "## The version",
        _table(_identity(facts)),
        "## From chunks to pairs",
        f"Of every refresh up to this version, {facts.counts['refreshes']:,} in all.",
        _table(_waterfall(facts.counts)),
        "## Who wrote what",
        _table(_makers(facts), ("chosen", "rejected", "prompt version", "pairs")),
        "## Recipe",
        "Of the newest refresh.",
        _table((name, str(value)) for name, value in facts.run.recipe.model_dump().items()),
        "## Split",
        _split(facts),
        *(f"No article with a pair is on the {split} side, so there is no such split to load." for split in missing),
        *_audits(facts.audits),
        "## How to verify",
        _proof(target.repo_id, facts),
    ]
    return "\n\n".join(parts) + "\n"


def _summary(facts: Facts) -> str:
    written_by = f"{facts.authors:,} {'author' if facts.authors == 1 else 'authors'}"
    return (
        f"Preference data for direct preference optimization: {facts.pairs:,} pairs from {facts.articles:,} "
        f"articles by {written_by}. Each `chosen` answer is the author's own text, word for word, and the config "
        "`provenance` has its place in the article and its `provenance_class`; each `rejected` one was written by a "
        "model."
    )


def _front_matter(target: HubDataset, facts: Facts) -> str:
    """Return what the Hub indexes and the viewer reads; what nobody said is left out, never guessed."""
    folders: tuple[tuple[str, str, Mapping[str, int], dict[str, bool]], ...] = (
        ("default", "data", facts.splits, {"default": True}),
        ("provenance", "provenance", facts.splits, {}),
        ("left_out", "left_out", facts.left_out, {}),
    )
    fields: dict[str, Any] = {
        "license": target.licence,
        "language": list(target.languages),
        "tags": ["dpo", "preference", "ownvoice"],
        "size_categories": [_size(facts.pairs)],
        "configs": [
            {"config_name": name, "data_files": [_files(folder, split) for split in SPLITS if pairs.get(split)]}
            | default
            for name, folder, pairs, default in folders
            if any(pairs.values())
        ],
    }
    kept = {name: value for name, value in fields.items() if value}
    return f"---\n{yaml.safe_dump(kept, sort_keys=False, allow_unicode=True)}---"


def _files(folder: str, split: str) -> dict[str, str]:
    return {"split": split, "path": f"{folder}/{split}-*.parquet"}


def _size(pairs: int) -> str:
    lower = "n"
    for bound, name in _SIZES:
        if pairs < bound:
            return f"n<{name}" if lower == "n" else f"{lower}<n<{name}"
        lower = name
    return f"n>{lower}"


def _identity(facts: Facts) -> Iterator[tuple[str, str]]:
    version = facts.version
    yield "version", str(version.number)
    yield "digest", version.digest
    yield "refresh", f"{version.run_id} of {version.refresh_date}"
    if version.rejected_sentence:
        yield "pairs added by that refresh", version.rejected_sentence
    yield from ((f"{split} pairs", f"{facts.splits.get(split, 0):,}") for split in SPLITS)
    yield from ((f"{split} pairs left out", f"{pairs:,}") for split, pairs in facts.left_out.items())


def _waterfall(counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    yield "chunks", f"{counts['chunks_total']:,}"
    for state in ("answered", "reused", "deferred", "dead"):
        yield f"of these {state}", f"{counts[f'chunks_{state}']:,}"
    yield "triples", f"{counts['triples']:,}"
    yield "of these kept", f"{counts['kept']:,}"
    for name in sorted(name for name in counts if name.startswith("dropped_")):
        yield f"dropped, {name.removeprefix('dropped_').replace('_', ' ')}", f"{counts[name]:,}"
    yield "pairs added", f"{counts['added']:,}"
    yield "pairs retired", f"{counts['retired']:,}"
    for name in sorted(name for name in counts if name.startswith("retired_")):
        yield f"of these for {name.removeprefix('retired_').replace('_', ' ')}", f"{counts[name]:,}"
    yield "pairs that stand", f"{counts['added'] - counts['retired']:,}"


def _split(facts: Facts) -> str:
    said = (
        f"Near copies of an article form a cluster, and a cluster lies on one side for ever: the test side holds those "
        f"whose key, hashed, falls into the first {facts.run.test_share:.0%} (the share in the newest refresh)."
    )
    if facts.version.grams is None:
        return said
    return (
        f"{said} No row holds {RUN_WORDS} words in a row, or a whole sentence of {MIN_SENTENCE_WORDS} to "
        f"{RUN_WORDS - 1}, that articles on both sides have, and no chosen answer is kept for two articles."
    )


def _makers(facts: Facts) -> Iterator[tuple[str, ...]]:
    for row in facts.makers:
        edited = ", edited by people" if row["rejected_source"] == "edited" else ""
        yield row["chosen_model"], f"{row['rejected_model']}{edited}", row["prompt_version"], f"{row['pairs']:,}"


def _audits(audits: Iterable[ReportedAudit]) -> Iterator[str]:
    """Yield the section on the newest refresh's audits, where it made any."""
    if audits:
        yield "## Audits"
        yield "Of this version by a fixed sample of its pairs, and of the run that committed it."
        rows = ((f"{one.name.replace('_', ' ')} of {one.subject}", one.verdict, one.sentence) for one in audits)
        yield _table(rows, ("audit", "verdict", "finding"))


def _proof(repo_id: str, facts: Facts) -> str:
    """Return what to run: with the lake, every pair against its article; with this repository alone, the digest."""
    splits, left_out = ([split for split in SPLITS if found.get(split)] for found in (facts.splits, facts.left_out))
    lattice = f"lattice_of(row for split in {splits} for row in rows(split))"
    rest, said = "", ""
    if left_out:
        rows = f'load_dataset("{repo_id}", "left_out", split=split)'
        rest = f" + lattice_of(row for split in {left_out} for row in {rows})"
        said = "; the config `left_out` holds the pairs that are not trained on, whole"
    return f"""\
With the lake that holds this version, `ownvoice verify --version {facts.version.number}` renders every chosen answer \
again from the original article and the spans in the config `provenance`, and compares.

From this repository alone, the digest above can be computed: the configs `default` and `provenance` hold the same \
rows in the same order, the texts in one and all else in the other{said}.

```python
from datasets import load_dataset
from ownvoice.dataset.digest import digest_of, lattice_of

def rows(split):
    texts, origins = (load_dataset("{repo_id}", name, split=split) for name in ("default", "provenance"))
    return (text | origin for text, origin in zip(texts, origins, strict=True))

print(digest_of({lattice}{rest}))
```"""


def _table(rows: Iterable[tuple[str, ...]], head: tuple[str, ...] = ("", "")) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(map(_plain, row))} |" for row in rows)])


def _plain(text: str) -> str:
    """Return text as Markdown that only shows it: what could be markup becomes a character reference."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", printable(" ".join(text.split())))
