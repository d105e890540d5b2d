"""Which judgements a panel is to give of items, and which of them need no model. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ownvoice.config.judges import Judge
from ownvoice.evaluation.judges.item import Item, Order, Winner
from ownvoice.evaluation.judges.prompts import prompt_of
from ownvoice.evaluation.judges.request import orders_of
from ownvoice.evaluation.judges.verdict import RATINGS
from ownvoice.llm.material import shown


@dataclass(frozen=True, slots=True)
class Wanted:
    """One judgement: a judge, an item, the order that it is shown in, and which asking of the same it is, from 1."""

    judge: Judge
    item: Item
    order: Order
    repeat: int

    @property
    def judgement_id(self) -> str:
        """32 hex digits that are the same in every run."""
        parts = [self.judge.judge_id, self.item.item_id, self.order, self.repeat]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    @property
    def compares(self) -> bool:
        """Whether two answers are compared, and not one rated alone."""
        return prompt_of(self.judge).form == "pairwise" and self.item.right is not None

    @property
    def winner_without_asking(self) -> Winner | None:
        """The side that wins without a model: equal answers tie, and an empty one loses; None where one has to say.

        A model that answers nothing must not gain by it, and a judge has nothing to say of an answer that is not there.
        """
        if not self.compares:
            return None
        left, right = (text.strip() for text in map(shown, self.item.shown(Order.FORWARD)))
        if left == right:
            return "tie"
        if left and right:
            return None
        return "left" if left else "right"

    @property
    def rating_without_asking(self) -> int | None:
        """The lowest rating where an answer that is rated alone is empty, else None."""
        return None if self.compares or shown(self.item.left.text).strip() else RATINGS[0]

    @property
    def needs_a_model(self) -> bool:
        """Whether a judge has to be asked."""
        return self.winner_without_asking is None and self.rating_without_asking is None


def wanted_of(panel: Iterable[Judge], items: Sequence[Item], repeats: int = 1) -> Iterator[Wanted]:
    """Yield what each judge is to say of each item that its prompt fits, in both orders where two are compared."""
    for judge in panel:
        fitting = (item for item in items if not prompt_of(judge).why_not(item))
        for item in fitting:
            for repeat in range(1, repeats + 1):
                yield from (Wanted(judge, item, order, repeat) for order in orders_of(judge))
