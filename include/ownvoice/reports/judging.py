"""What the judges of a night said, and which of them were not asked, as audits of the night. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import fmean
from typing import Any

from ownvoice.config.prices import sum_of_known
from ownvoice.config.run import Judging
from ownvoice.evaluation.agreement.chance import alpha
from ownvoice.evaluation.agreement.ratings import Rating
from ownvoice.evaluation.judges.preferences import Preference, preferences
from ownvoice.pairs.audits import Audit, audit
from ownvoice.pairs.reasons import BELOW_QUALITY
from ownvoice.storage.rows import ChunkRow, JudgementRow

_MUCH_WITHOUT = 0.1


def judging_audits(judging: Judging | None, chunks: Sequence[ChunkRow], rows: Sequence[JudgementRow]) -> list[Audit]:
    """Return the audits of a night whose recipe names judges: what they said, and why others of them do not count."""
    if judging is None:
        return []
    said = [_judging(judging, chunks, rows)] if judging.counting else []
    return [*said, *([_left_out(judging)] if judging.left_out else [])]


def _judging(judging: Judging, chunks: Sequence[ChunkRow], rows: Sequence[JudgementRow]) -> Audit:
    """Warn where more than a tenth of the pairs was judged by nobody: they are in the version as if all were well."""
    dropped = sum(dict(chunk["drop_reasons"]).get(BELOW_QUALITY.name, 0) for chunk in chunks)
    pairs = sum(chunk["kept"] for chunk in chunks) + dropped
    preferred = preferences(rows)
    readable = {row["pair_id"] for row in rows if row["winner"] is not None or row["rating"] is not None}
    share = max(0.0, 1 - len(readable) / pairs) if pairs else 0.0
    numbers = {
        "judges": list(judging.counting),
        "judged": len(readable),
        "dropped": dropped,
        "judgements": len(rows),
        "without_verdict": sum(row["winner"] is None and row["rating"] is None for row in rows),
        "preferred": dict(Counter(one.preferred for one in preferred)),
        "mean_ratings": {judge: round(mean, 2) for judge, mean in _mean_ratings(rows)},
        "alpha": _agreement(preferred),
        "tokens": sum(row["prompt_tokens"] + row["completion_tokens"] for row in rows),
        "cost_usd": sum_of_known([row["cost_usd"] for row in rows if row["request_key"]]),
    }
    return audit(
        "judging",
        numbers,
        _MUCH_WITHOUT,
        share,
        _sentence(numbers, pairs),
        worries=share > _MUCH_WITHOUT,
        advice="Pairs that nobody could judge were kept as they were: see the log of judge_batch, or raise the budget.",
    )


def _sentence(numbers: dict[str, Any], pairs: int) -> str:
    cost = "price not known" if numbers["cost_usd"] is None else f"${numbers['cost_usd']:,.2f}"
    agreed = "" if numbers["alpha"] is None else f" Agreement of the judges (alpha): {numbers['alpha']:.2f}."
    return (
        f"{numbers['judged']:,} of {pairs:,} pairs were judged by {', '.join(map(str, numbers['judges']))}; "
        f"{numbers['dropped']:,} dropped, {numbers['without_verdict']:,} of {numbers['judgements']:,} judgements "
        f"without a verdict; {numbers['tokens']:,} tokens, {cost}.{agreed}"
    )


def _left_out(judging: Judging) -> Audit:
    sentence = " ".join(judging.left_out.values())
    count = len(judging.left_out)
    return audit(
        "judges_left_out",
        {"judges": dict(judging.left_out)},
        0,
        count,
        sentence,
        worries=True,
        advice="They were asked nothing. Qualify them (`ownvoice judges qualify`), or leave them out of judged_by.",
        much=0,
    )


def _mean_ratings(rows: Sequence[JudgementRow]) -> Iterator[tuple[str, float]]:
    """Yield the mean rating that each judge gave the chosen answers."""
    chosen = [row for row in rows if row["left_source"] == "chosen"]
    for judge in dict.fromkeys(row["judge"] for row in chosen):
        if ratings := [row["rating"] for row in chosen if row["judge"] == judge and row["rating"] is not None]:
            yield judge, fmean(ratings)


def _agreement(preferred: Sequence[Preference]) -> float | None:
    """Return how far judges agree on which answer of a pair is better; None where fewer than two said so."""
    of_quality = (one for one in preferred if one.question == "quality")
    found = alpha(Rating(one.judge_id, one.pair_id, one.preferred) for one in of_quality)
    return None if found is None else round(found.value, 2)
