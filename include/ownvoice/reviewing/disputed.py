"""The pairs that judges disagree about, with each other or with themselves when the order is turned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from ownvoice.config.judges import Judge
from ownvoice.evaluation.judges.qualification.stored import qualified
from ownvoice.evaluation.judges.table import read_judgements
from ownvoice.evaluation.judges.verdicts import ItemVerdict, item_verdicts
from ownvoice.storage.conditions import all_of, equals, one_of
from ownvoice.storage.lake import Lake

_OF_PAIRS = "left_source IN ('chosen', 'rejected') AND right_source IN ('chosen', 'rejected') AND NOT is_control"


def disputed_pairs(lake: Lake, panel: Sequence[Judge]) -> frozenset[str] | None:
    """Return the ids of the pairs on whose quality a judge flips, or two of them find opposite answers better.

    None where no judge of the panel counts.
    """
    counting = [judge.judge_id for judge in qualified(lake, panel).counting]
    if not counting:
        return None
    rows = read_judgements(lake, all_of(_OF_PAIRS, equals(question="quality"), one_of("judge_id", counting)))
    pair_of = {row["item_id"]: (row["pair_id"], row["left_source"]) for row in rows}
    by_pair: dict[str, list[ItemVerdict]] = defaultdict(list)
    for verdict in item_verdicts(rows):
        by_pair[pair_of[verdict.item_id][0]].append(verdict)
    return frozenset(pair_id for pair_id, verdicts in by_pair.items() if pair_id and _is_disputed(verdicts, pair_of))


def _is_disputed(verdicts: Collection[ItemVerdict], pair_of: Mapping[str, tuple[str, str]]) -> bool:
    decisive = [verdict for verdict in verdicts if verdict.winner in ("left", "right")]
    for_chosen = {(pair_of[one.item_id][1] == "chosen") == (one.winner == "left") for one in decisive}
    return len(for_chosen) == 2 or any(verdict.flipped for verdict in verdicts)
