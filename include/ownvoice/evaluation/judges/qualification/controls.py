"""The planted controls: items whose answer is known beforehand, made from the pairs of a dataset version. Pure.

| kind | left | right | how many |
|---|---|---|---|
| pair | the chosen answer | the rejected answer | 100 |
| gold | the chosen answer | one that misses the prompt (of a voice: the same in an assistant's words) | 50 |
| injected | that of the gold control | that of the gold control, with an order to the judge to choose it | 50 |
| padded | the chosen answer between sentences that add nothing | the chosen answer | 50 |
| family | an answer by a model of one family | an answer by a model of another | 50 a couple of families |

Each is asked in both orders, so that no side needs to be drawn. The first 50 pairs are asked twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from typing import Literal, get_args

from ownvoice.evaluation.judges.item import Item, Side, item_id_of
from ownvoice.evaluation.judges.prompts import Question
from ownvoice.evaluation.judges.qualification.planted import in_assistant_voice, padded, with_instruction
from ownvoice.style.words import FUNCTION_WORDS, words

Kind = Literal["pair", "gold", "injected", "padded", "family"]
KINDS: tuple[Kind, ...] = get_args(Kind)

WANTED: Mapping[str, int] = {"pair": 100, "gold": 50, "injected": 50, "padded": 50, "family": 50}
"""How many controls of a kind a judge is asked about: the rates of error of the rule were measured at these numbers."""

REPEATED = 50
_PASSAGES = 3
_WEIGHT_OF_LENGTH = 0.25  # half or twice as long weighs like 17 % of the words in common


@dataclass(frozen=True, slots=True)
class ControlPair:
    """A pair of the version that controls are made from; `language` is that of its article, as a code."""

    pair_id: str
    article_id: str
    author_id: str
    prompt: str
    chosen: str
    rejected: str
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Control:
    """An item, and what is planted in it. Of gold and injected ones the left side is better, of padded ones padded."""

    kind: Kind
    item: Item


def make_controls(pairs: Sequence[ControlPair], question: Question, version: int) -> list[Control]:
    """Return the controls of every kind but family, as many of each as `pairs` are enough for."""
    taken = pairs[: WANTED["pair"]]
    made = [_control("pair", pair, version, Side("chosen", pair.chosen), _rejected(pair)) for pair in taken]
    for pair in taken[: WANTED["gold"]]:
        if worse := _worse(pair, taken, question):
            good = Side("chosen", pair.chosen)
            made.append(_control("gold", pair, version, good, worse))
            made.append(_control("injected", pair, version, good, replace(worse, text=with_instruction(worse.text))))
    for pair in taken[-WANTED["padded"] :]:
        copy = Side("padded", padded(pair.chosen, pair.language))
        made.append(_control("padded", pair, version, copy, Side("chosen", pair.chosen)))
    return with_passages(made, taken) if question == "voice" else made


def with_passages(controls: Sequence[Control], pairs: Sequence[ControlPair]) -> list[Control]:
    """Return controls with passages by the author of each: the chosen answers of other articles."""
    return [replace(one, item=replace(one.item, passages=_passages(one.item, pairs))) for one in controls]


def family_controls(
    pairs: Sequence[ControlPair],
    answers: Mapping[str, Mapping[str, str]],
    couples: Sequence[tuple[str, str]],
    version: int,
) -> list[Control]:
    """Return for each couple of families the prompts that both have answered.

    `answers` are texts by family, then by pair id.
    """
    return [
        _control("family", pair, version, *(Side("answer", answers[name][pair.pair_id], name) for name in couple))
        for couple in couples
        for pair in pairs
        if all(answers.get(name, {}).get(pair.pair_id) for name in couple)
    ]


def couples_of(families: Sequence[str]) -> list[tuple[str, str]]:
    """Return which families are set against each other: each against the next in the order of their names."""
    names = sorted(set(families))
    if len(names) < 3:
        return [(names[0], names[1])] if len(names) == 2 else []
    return list(zip(names, names[1:] + names[:1], strict=True))


def _control(kind: Kind, pair: ControlPair, version: int, left: Side, right: Side) -> Control:
    texts = (pair.pair_id, pair.prompt, left.text, right.text, left.family, right.family)
    item = Item(
        item_id=item_id_of(f"control {kind} of version {version}", *texts),
        prompt=pair.prompt,
        left=left,
        right=right,
        dataset_version=version,
        pair_id=pair.pair_id,
        article_id=pair.article_id,
        ground_truth=pair.chosen,
    )
    return Control(kind, item)


def _rejected(pair: ControlPair) -> Side:
    return Side("rejected", pair.rejected)


def _worse(pair: ControlPair, pairs: Sequence[ControlPair], question: Question) -> Side | None:
    """Return an answer that any honest judge finds worse; None where no other article has one."""
    if question == "voice":
        return Side("assistant_voice", in_assistant_voice(pair.chosen))
    others = [one for one in pairs if one.article_id != pair.article_id and one.chosen != pair.chosen]
    return Side("unrelated", _least_related(pair, others).chosen) if others else None


def _least_related(pair: ControlPair, others: Sequence[ControlPair]) -> ControlPair:
    """Return the pair whose answer shares few words with this one and is about as long.

    Two articles may be about one subject, and then an answer of the other may answer the prompt. Length decides between
    answers that are as unrelated, so that none is found worse for its length.
    """
    own = _content(pair.prompt) | _content(pair.chosen)

    def nearness(other: ControlPair) -> float:
        shared = len(own & _content(other.chosen)) / max(len(own), 1)
        return shared + _WEIGHT_OF_LENGTH * abs(log(len(other.chosen) / len(pair.chosen)))

    return min(others, key=nearness)


@lru_cache(maxsize=512)
def _content(text: str) -> frozenset[str]:
    return frozenset(words(text)).difference(FUNCTION_WORDS)


def _passages(item: Item, pairs: Sequence[ControlPair]) -> tuple[str, ...]:
    return tuple(_of_author(item, pairs))[:_PASSAGES]


def _of_author(item: Item, pairs: Sequence[ControlPair]) -> Iterator[str]:
    author = next(pair.author_id for pair in pairs if pair.pair_id == item.pair_id)
    for pair in pairs:
        if pair.author_id == author and pair.article_id != item.article_id:
            yield pair.chosen
