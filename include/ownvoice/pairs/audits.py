"""Audits: plain functions from pairs, or from counts of them, to numbers and a verdict.

An audit asks what a row by row proof cannot: whether the pairs as a set teach what they are meant to. Where chapter 6
of the LLM Engineer's Handbook names no number, the threshold here is a judgement, with its reason beside it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import quantiles
from typing import Any, Literal

Row = Mapping[str, Any]
Rows = Sequence[Row]
Verdict = Literal["pass", "warn"]

_QUANTILES = {"p05": 4, "p25": 24, "p50": 49, "p75": 74, "p95": 94}
_STYLE_PAIRS = (100, 10_000)  # chapter 6: what a task such as a style of writing needs
_NAMED_AUTHORS = 10

MUCH_OF_A_SHARE = 0.05
"""A share or an AUC that is five hundredths worse is much worse."""
_MUCH_OF_A_RATIO, _MUCH_OF_FEW_PAIRS = 0.5, 25


@dataclass(frozen=True, slots=True)
class Audit:
    """The result of one audit: `sentence` says what was found, `advice` what to do where it warns.

    `threshold` is where it begins to warn, `value` what is held against it (None where nothing could be judged). An
    audit that warned the last time is raised again where `value` has become worse by more than `much`.
    """

    name: str
    verdict: Verdict
    numbers: dict[str, Any]
    threshold: float
    value: float | None
    much: float
    sentence: str
    advice: str


def audit(
    name: str,
    numbers: dict[str, Any],
    threshold: float,
    value: float | None,
    sentence: str,
    *,
    worries: bool,
    advice: str,
    much: float = MUCH_OF_A_SHARE,
) -> Audit:
    """Return an audit with its verdict; the advice is empty where the verdict is pass."""
    verdict: Verdict = "warn" if worries else "pass"
    held = None if value is None else round(float(value), 4)
    return Audit(name, verdict, numbers, threshold, held, much, sentence, advice if worries else "")


def lengths(pairs: Rows, threshold: float = 2.0) -> Audit:
    """Compare the lengths in characters of prompts, chosen and rejected answers.

    Warn where one side's median is more than twice the other's: DPO takes up length before anything else (Park et al.,
    "Disentangling Length from Quality in Direct Preference Optimization", 2024).
    """
    numbers = {side: _quantiles([len(row[side]) for row in pairs]) for side in ("prompt", "chosen", "rejected")}
    chosen, rejected = (max(numbers[side]["p50"], 1) for side in ("chosen", "rejected"))
    ratio = max(chosen, rejected) / min(chosen, rejected)
    longer = "chosen" if chosen > rejected else "rejected"
    sentence = f"The median chosen answer has {chosen:,} characters, the median rejected one {rejected:,}."
    advice = (
        f"A {longer} answer is {ratio:.1f} times as long as the other, and a model may learn little but that: ask for "
        "answers as long as the quote."
    )
    worries = ratio > threshold
    return audit("lengths", numbers, threshold, ratio, sentence, worries=worries, advice=advice, much=_MUCH_OF_A_RATIO)


def repeated_prompts(pairs: Rows, threshold: float = 0.05) -> Audit:
    """Count the pairs whose prompt is in another article too; within an article repeats were dropped."""
    advice = "The model asks the same of everything: raise temperature, or ask for questions that name their topic."
    return _repeated("repeated_prompts", "prompt", pairs, threshold, advice)


def repeated_chosen(pairs: Rows, threshold: float = 0.01) -> Audit:
    """Count the pairs whose chosen answer is in another article too: footers and slogans, which weigh double."""
    advice = "A passage goes through many articles and weighs more than the rest: take it out of the source."
    return _repeated("repeated_chosen", "chosen", pairs, threshold, advice)


def _repeated(name: str, column: str, pairs: Rows, threshold: float, advice: str) -> Audit:
    """Compare texts but for case and white space."""
    articles: defaultdict[str, set[str]] = defaultdict(set)
    for row in pairs:
        articles[_comparable(row[column])].add(row["article_id"])
    shared = sum(len(articles[_comparable(row[column])]) > 1 for row in pairs)
    share = _share(shared, len(pairs))
    sentence = f"{shared:,} of {len(pairs):,} pairs share their {column} text with another article."
    numbers = {"pairs": len(pairs), "shared": shared, "share": share}
    return audit(name, numbers, threshold, share, sentence, worries=share > threshold, advice=advice)


def authors(pairs: Rows, threshold: float = 0.5) -> Audit:
    """Share the pairs out among their authors.

    Warn where no author wrote half of them: what is learned is then nobody's voice.
    """
    counts = Counter(row["author_id"] for row in pairs).most_common()
    name, most = counts[0]
    largest = _share(most, len(pairs))
    sentence = f"Authors: {len(counts):,}; {largest:.0%} of the pairs are by {name}."
    advice = "No voice leads, and a model learns a blend: refresh and train an author at a time (prefix)."
    shares = {author: _share(count, len(pairs)) for author, count in counts[:_NAMED_AUTHORS]}
    numbers = {"authors": len(counts), "largest": largest, "shares": shares}
    return audit("authors", numbers, threshold, largest, sentence, worries=largest < threshold, advice=advice)


def back_references(pairs: Rows, threshold: float = 0.4) -> Audit:
    """Say what share of the chosen answers begin with a word that points back, of those whose language is known.

    Warn where it is twice what running text has (a fifth of the sentences of the book's articles): a model then learns
    to answer as if something had been said before.
    """
    judged = [row["back_reference"] for row in pairs if row["back_reference"] is not None]
    share = _share(sum(judged), len(judged))
    others = f" {len(pairs) - len(judged):,} were not judged." if len(judged) < len(pairs) else ""
    found = f"{sum(judged):,} of {len(judged):,} chosen answers begin with a word that points back (But, It, This)."
    sentence = found + others if judged else "Not judged: no chosen answer is in a language whose words are known."
    advice = "They cannot stand alone: drop them (back_references), or ask for quotes that can be understood alone."
    numbers = {"pairs": len(pairs), "judged": len(judged), "back_references": sum(judged), "share": share}
    value = share if judged else None
    return audit("back_references", numbers, threshold, value, sentence, worries=share > threshold, advice=advice)


def coverage(
    articles: int, articles_with_pairs: int, chunks: int, chunks_with_pairs: int, threshold: float = 0.5
) -> Audit:
    """Say what share has a pair: of the articles of the version, and of the chunks that were answered in this run."""
    share = _share(articles_with_pairs, articles)
    sentence = (
        f"Of the {articles:,} articles that were asked about so far, {articles_with_pairs:,} have a pair. "
        f"Of the {chunks:,} chunks with an answer in this run, {chunks_with_pairs:,} gave a pair."
    )
    advice = "Most topics are not taught at all: look at the drop reasons first, then at the chunk lengths."
    numbers = {
        "articles": {"total": articles, "with_pairs": articles_with_pairs},
        "chunks": {"total": chunks, "with_pairs": chunks_with_pairs},
        "share": share,
    }
    return audit("coverage", numbers, threshold, share, sentence, worries=share < threshold, advice=advice)


def verbatim(chunks: Iterable[Row], threshold: float = 0.5) -> Audit:
    """Say how many quotes are in their article, by model and prompt version.

    `chunks` have model, prompt_version, triples and drop_reasons. Warn where a model misquotes every second time: each
    pair is then paid for twice.
    """
    quotes: Counter[tuple[str, str]] = Counter()
    missed: Counter[tuple[str, str]] = Counter()
    for chunk in chunks:
        key = chunk["model"], chunk["prompt_version"]
        quotes[key] += chunk["triples"]
        missed[key] += chunk["drop_reasons"].get("not_verbatim", 0)
    shares = {key: _share(count - missed[key], count) for key, count in sorted(quotes.items()) if count}
    sentences = [
        f"{share:.0%} of the {quotes[model, prompt]:,} quotes by {model} (prompt {prompt}) are verbatim."
        for (model, prompt), share in shares.items()
    ]
    worst = min(shares.values(), default=None)
    advice = "Most of what is paid for is dropped: try another prompt or model with `ownvoice try-prompt`."
    rates = [
        {"model": model, "prompt_version": prompt, "quotes": quotes[model, prompt], "share": share}
        for (model, prompt), share in shares.items()
    ]
    sentence = " ".join(sentences) or "No quote was judged."
    worries = worst is not None and worst < threshold
    return audit("verbatim", {"rates": rates}, threshold, worst, sentence, worries=worries, advice=advice)


def pair_count(pairs: int) -> Audit:
    """Hold the number of pairs against what the chapter advises for a style: 100 to 10,000."""
    fewest, most = _STYLE_PAIRS
    sentence = f"{pairs:,} pairs; for a style the chapter advises {fewest:,} to {most:,}."
    advice = "Too few to train on yet: add articles, or look at the drop reasons."
    numbers = {"pairs": pairs, "fewest": fewest, "most": most}
    worries = pairs < fewest
    return audit(
        "pair_count", numbers, fewest, pairs, sentence, worries=worries, advice=advice, much=_MUCH_OF_FEW_PAIRS
    )


def _quantiles(values: Sequence[int]) -> dict[str, int]:
    cuts = quantiles(values, n=100, method="inclusive") if len(values) > 1 else [*values] * 99
    return {name: round(cuts[index]) for name, index in _QUANTILES.items()}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _comparable(text: str) -> str:
    return " ".join(text.casefold().split())
