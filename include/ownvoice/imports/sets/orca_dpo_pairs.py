"""Intel/orca_dpo_pairs: a larger model is taken for the better one; nobody judged the answers."""

from __future__ import annotations

from ownvoice.imports.drops import Dropped
from ownvoice.imports.known_set import MAYBE_TEXT, TEXT, KnownSet, Row
from ownvoice.imports.turns import Compared, of_answers, user
from ownvoice.states import ProvenanceClass


def _read(row: Row) -> Compared | Dropped:
    return of_answers(user(row["question"], row["system"]), row["chosen"], row["rejected"])


SET = KnownSet(
    name="orca-dpo-pairs",
    repo="Intel/orca_dpo_pairs",
    files=("*.jsonl",),
    licence="Apache-2.0",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={"system": MAYBE_TEXT, "question": TEXT, "chosen": TEXT, "rejected": TEXT},
    read=_read,
    wins="fixed: `chosen`, the larger model's",
)
