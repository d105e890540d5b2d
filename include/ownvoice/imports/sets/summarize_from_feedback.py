"""openai/summarize_from_feedback, comparisons: which of two summaries workers prefer (Stiennon et al. 2020)."""

from __future__ import annotations

from typing import Any

from ownvoice.imports.drops import Dropped
from ownvoice.imports.known_set import LIST, RECORD, WHOLE, KnownSet, Row, RowError, one_of
from ownvoice.imports.turns import Compared, of_answers, user
from ownvoice.states import ProvenanceClass

_ASKED = ("post", "article", "subreddit", "title")


def _read(row: Row) -> Compared | Dropped:
    summaries = row["summaries"]
    if len(summaries) != 2 or not all(isinstance(one, dict) and isinstance(one.get("text"), str) for one in summaries):
        raise RowError(f"column summaries holds {len(summaries)} entries, not two with a text")
    choice = int(one_of(row, "choice", 0, 1))
    chosen, rejected = (summaries[place]["text"].strip() for place in (choice, 1 - choice))
    return of_answers(user(_asked(row["info"])), chosen, rejected)


def _asked(info: dict[str, Any]) -> str:
    """Return the prompt of the paper (table 2 of its appendix B): a post of Reddit, or an article of a newspaper."""
    if wrong := [name for name in _ASKED if not isinstance(info.get(name), str | None)]:
        raise RowError(f"column info: {', '.join(wrong)} is no text")
    if info.get("post"):
        subreddit, title = info.get("subreddit") or "", info.get("title") or ""
        return f"SUBREDDIT: r/{subreddit}\n\nTITLE: {title}\n\nPOST: {info['post']}\n\nTL;DR:"
    if info.get("article"):
        return f"Article:\n\n{info['article']}\n\nTL;DR:"
    raise RowError("column info holds neither a post nor an article")


SET = KnownSet(
    name="summarize-from-feedback",
    repo="openai/summarize_from_feedback",
    files=("comparisons/train/*.parquet", "comparisons/partial-train/*.parquet"),
    ref="refs/convert/parquet",
    licence="MIT",
    provenance=ProvenanceClass.HUMAN_PREFERENCE,
    columns={"info": RECORD, "summaries": LIST, "choice": WHOLE},
    passed_over=("worker", "batch", "split", "extra"),
    read=_read,
    wins="index: `choice`",
    leaves_out="the configuration axis, which rates single summaries",
    votes=True,
)
