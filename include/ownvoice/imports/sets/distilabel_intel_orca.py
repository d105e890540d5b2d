"""argilla/distilabel-intel-orca-dpo-pairs: orca_dpo_pairs, judged by a model and turned where it disagreed."""

from __future__ import annotations

from ownvoice.imports.drops import LEFT_OUT, TIE, Dropped
from ownvoice.imports.known_set import FLAG, MAYBE_NUMBER, MAYBE_TEXT, TEXT, KnownSet, Row, one_of
from ownvoice.imports.turns import Compared, of_answers, user
from ownvoice.states import ProvenanceClass

_LEAST_SCORE = 8  # as the set's own card filters it


def _read(row: Row) -> Compared | Dropped:
    if one_of(row, "status", "unchanged", "swapped", "tie") == "tie":
        return Dropped(TIE)
    if row["in_gsm8k_train"]:
        return Dropped(LEFT_OUT, "a question of the training side of GSM8K")
    score = row["chosen_score"]
    if score is None or score < _LEAST_SCORE:
        return Dropped(LEFT_OUT, "no score" if score is None else f"a score of {score:g}")
    return of_answers(user(row["input"], row["system"]), row["chosen"], row["rejected"])


SET = KnownSet(
    name="distilabel-intel-orca",
    repo="argilla/distilabel-intel-orca-dpo-pairs",
    files=("data/train-*.parquet",),
    licence="Apache-2.0",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={
        "system": MAYBE_TEXT,
        "input": TEXT,
        "chosen": TEXT,
        "rejected": TEXT,
        "status": TEXT,
        "chosen_score": MAYBE_NUMBER,
        "in_gsm8k_train": FLAG,
    },
    passed_over=(
        *("generations", "order", "labelling_model", "labelling_prompt", "raw_labelling_response", "rating"),
        *("rationale", "original_chosen", "original_rejected"),
    ),
    read=_read,
    wins="fixed: `chosen`, already turned where `status` is swapped; tie where it is tie",
    leaves_out="a score under 8, and questions of GSM8K's training side",
)
