"""nvidia/HelpSteer3, preference: people preferred one of two answers on a scale (Wang et al. 2025)."""

from __future__ import annotations

from ownvoice.imports.drops import TIE, Dropped
from ownvoice.imports.known_set import TEXT, TURNS, WHOLE, KnownSet, Row, one_of
from ownvoice.imports.turns import Compared, messages, of_answers
from ownvoice.states import ProvenanceClass


def _read(row: Row) -> Compared | Dropped:
    preference = int(one_of(row, "overall_preference", *range(-3, 4)))
    if preference == 0:
        return Dropped(TIE)
    answers = row["response1"], row["response2"]
    chosen, rejected = answers if preference < 0 else answers[::-1]
    return of_answers(messages(row["context"]), chosen, rejected, float(abs(preference)))


SET = KnownSet(
    name="helpsteer3",
    repo="nvidia/HelpSteer3",
    files=("preference/train.jsonl.gz", "preference/train*.parquet"),
    licence="CC-BY-4.0",
    provenance=ProvenanceClass.HUMAN_PREFERENCE,
    columns={"context": TURNS, "response1": TEXT, "response2": TEXT, "overall_preference": WHOLE},
    passed_over=("domain", "language", "individual_preference"),
    read=_read,
    wins="sign of `overall_preference`: negative, the first answer; 0 is a tie",
)
