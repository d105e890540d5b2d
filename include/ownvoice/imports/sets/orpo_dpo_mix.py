"""mlabonne/orpo-dpo-mix-40k: a mix of seven sets, three of which are known here by themselves."""

from __future__ import annotations

from ownvoice.imports.drops import LEFT_OUT, Dropped
from ownvoice.imports.known_set import MAYBE_TEXT, TURNS, KnownSet, Row
from ownvoice.imports.turns import Compared, messages, of_dialogues
from ownvoice.states import ProvenanceClass

_HARMFUL = "toxic-dpo"  # the part whose chosen answers help with crimes: unalignment/toxic-dpo-v0.2, 541 rows


def _read(row: Row) -> Compared | Dropped:
    if _HARMFUL in (row["source"] or "").lower():
        return Dropped(LEFT_OUT, f"its source is {row['source']}")
    return of_dialogues(messages(row["chosen"]), messages(row["rejected"]))


SET = KnownSet(
    name="orpo-dpo-mix-40k",
    repo="mlabonne/orpo-dpo-mix-40k",
    files=("data/train-*.parquet",),
    licence="Apache-2.0",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={"source": MAYBE_TEXT, "chosen": TURNS, "rejected": TURNS},
    passed_over=("prompt", "question"),
    read=_read,
    wins="fixed: `chosen`",
    leaves_out="rows whose `source` is toxic-dpo-v0.2: their chosen answers help with crimes",
)
