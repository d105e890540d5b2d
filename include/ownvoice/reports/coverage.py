"""The coverage of a refresh in words: from articles to pairs, with what is left for later and why. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ownvoice.dataset.refresh_report import RefreshReport
from ownvoice.states import ChunkEvent

_WHY_LATER = {
    ChunkEvent.NOT_ANSWERED: "not answered",
    ChunkEvent.TOO_LONG: "too long for the model, to be cut in two",
    ChunkEvent.NOT_AFFORDED: "over the budget",
    ChunkEvent.CUT_BY_LIMIT: "beyond the limit of articles",
    ChunkEvent.BATCH_FAILED: "in a failed batch",
    ChunkEvent.TAKEN_DOWN: "of an article that was taken down",
}


def coverage(report: RefreshReport) -> str:
    """Return one to four short sentences, each with counts that are in the report."""
    return " ".join(_sentences(report))


def _sentences(report: RefreshReport) -> Iterator[str]:
    planned, chunks, triples = report.planned, report.chunks, report.triples
    if not planned.chunks:
        yield "No article is new, edited or pending: there was nothing to ask about."
    elif report.dry_run:
        yield f"{_of_articles(report)}; in a dry run nothing is asked."
    elif not chunks.total:
        yield f"{_of_articles(report)}, and nothing was committed."
    else:
        yield f"{_of_articles(report)} and {chunks.answered + chunks.reused:,} answered{_stored(chunks.reused)}."
        yield f"{triples.total:,} triples came of them, and {triples.kept:,} were kept."
    if chunks.dead:
        yield f"{_count(chunks.dead, 'chunk')} dead: no try gave a usable answer."
    if later := chunks.deferred or planned.deferred:
        yield f"{_count(later, 'chunk')} left for a later run{_listed(_reasons(report))}."
    if report.left_out:
        named = {name.replace("_", " "): count for name, count in report.left_out.items()}
        yield f"{_count(sum(report.left_out.values()), 'article')} left out{_listed(named)}."


def _of_articles(report: RefreshReport) -> str:
    planned = report.planned
    articles, chunks = (_plural(planned.articles, "article"), _plural(planned.chunks, "chunk"))
    return f"Of {articles}, {chunks} {'was' if planned.chunks == 1 else 'were'} planned"


def _stored(reused: int) -> str:
    return f", {reused:,} of them from stored answers" if reused else ""


def _reasons(report: RefreshReport) -> dict[str, int]:
    """Return the chunks left for later by reason, in words; a report of an earlier Ownvoice names no reasons."""
    return {_WHY_LATER[ChunkEvent(name)]: count for name, count in report.deferred_for.items()}


def _listed(counts: Mapping[str, int]) -> str:
    return f" ({', '.join(f'{count:,} {name}' for name, count in counts.items())})" if counts else ""


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _count(count: int, noun: str) -> str:
    return f"{_plural(count, noun)} {'is' if count == 1 else 'are'}"
