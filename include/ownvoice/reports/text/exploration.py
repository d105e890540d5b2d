"""What was found out about a dataset version, as text: topics, coverage, diversity, what to generate next."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.exploration.explored import Exploration, Spread, Topic, VersionDiversity
from ownvoice.exploration.next_to_generate import REASONS, next_to_generate
from ownvoice.reports.formats import NOTHING, percent, words
from ownvoice.storage.explored_keys import explored_key
from ownvoice.terminal import in_one_line, wrapped

_MEANING = (
    "A topic has the articles that it is the strongest topic of, and the pairs of these. train, test: selected pairs. "
    "none: articles without a pair. gain: pairs kept of 100 requests."
)
_WOBBLES = (
    "Topics wobble: fitted on nine tenths of the articles, they put articles together as these do with an adjusted "
    "Rand index of {found} (1 the same, 0 chance). Read them by their terms."
)


def exploration_lines(found: Exploration) -> Iterator[str]:
    """Yield an exploration for a terminal."""
    others = ", ".join(f"{count} {state}" for state, count in found.not_generated_from.items())
    yield from wrapped(
        f"version {found.version}: {_counted(found.articles, 'article')} in {_counted(len(found.topics), 'topic')}"
        + (f" (not looked at: {others})" if others else "")
    )
    yield from _left_out(found)
    for topic in found.topics:
        yield from _topic_lines(topic)
    yield from wrapped(_MEANING)
    if found.stability:
        yield from wrapped(_WOBBLES.format(found=spread(found.stability)))
    yield from _diversity_lines(found)
    yield from _kind_lines(found)
    yield from _next_lines(found)
    yield from wrapped(f"The map is at /ownvoice/explore?version={found.version}, from {explored_key(found.version)}.")


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _left_out(found: Exploration) -> Iterator[str]:
    if found.wordless:
        yield from wrapped(f"  {found.wordless} without a word that says what they are about, and so in no topic", 2)
    if found.unread:
        yield from wrapped(f"  not read, as their originals are not whole: {', '.join(found.unread[:5])}", 2)
    if found.pairs_of_others:
        yield from wrapped(f"  {found.pairs_of_others} pairs are of articles in no topic", 2)


def _topic_lines(topic: Topic) -> Iterator[str]:
    gain = NOTHING if topic.gain is None else f"{topic.gain:.0f}"
    yield (
        f"{topic.number:>2} {topic.articles:>6,} articles {topic.train_pairs:>6,} train {topic.test_pairs:>5,} test "
        f"{topic.uncovered:>5,} none {gain:>5} gain"
    )
    yield from wrapped(f"   {', '.join(topic.terms)}", 3)


def _diversity_lines(found: Exploration) -> Iterator[str]:
    if not found.diversity:
        yield from wrapped("Too few pairs to say how various they are.")
        return
    compared = found.diversity
    yield from wrapped(
        f"Diversity over {compared.draws} draws of {compared.n} pairs, with the lowest and highest draw (Vendi: how "
        "many texts with nothing in common would be as various):"
    )
    for one in (compared.now, compared.earlier):
        yield from _version_lines(one) if one else ()


def _version_lines(one: VersionDiversity) -> Iterator[str]:
    yield from wrapped(f"  version {one.version}: {percent(one.topics_met.mean)} of the topics met", 4)
    for text in one.texts:
        distinct = f", distinct-2 {spread(text.distinct_2)}" if text.distinct_2 else ""
        yield from wrapped(f"    {text.text}: Vendi {spread(text.vendi, 1)}{distinct}", 6)


def _kind_lines(found: Exploration) -> Iterator[str]:
    for one in found.kinds:
        gain = "" if one.gain is None else f", {one.gain:.1f} for 100 requests"
        yield from wrapped(f"kind {in_one_line(words(one.kind)) or 'not asked for'}: {one.pairs:,} pairs{gain}", 2)


def _next_lines(found: Exploration) -> Iterator[str]:
    candidates = next_to_generate(found.topics)
    yield from wrapped("Next to generate:" if candidates else "Next to generate: no topic has markedly few pairs.")
    for one in candidates:
        yield from wrapped(f"  topic {one.topic.number}: {REASONS[one.reason]}; {one.advice}.", 4)


def spread(found: Spread, digits: int = 2) -> str:
    """Write a mean with the lowest and the highest draw."""
    return f"{found.mean:.{digits}f} [{found.low:.{digits}f}, {found.high:.{digits}f}]"
