"""argilla/Capybara-Preferences: dialogues of several turns, the last answer rated by a model."""

from __future__ import annotations

from ownvoice.imports.drops import Dropped
from ownvoice.imports.known_set import MAYBE_NUMBER, TURNS, KnownSet, Row, margin_of
from ownvoice.imports.turns import Compared, messages, of_dialogues
from ownvoice.states import ProvenanceClass


def _read(row: Row) -> Compared | Dropped:
    margin = margin_of(row["chosen_rating"], row["rejected_rating"])
    if isinstance(margin, Dropped):
        return margin
    return of_dialogues(messages(row["chosen"]), messages(row["rejected"]), margin)


SET = KnownSet(
    name="capybara",
    repo="argilla/Capybara-Preferences",
    files=("data/train-*.parquet",),
    licence="Apache-2.0",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={"chosen": TURNS, "rejected": TURNS, "chosen_rating": MAYBE_NUMBER, "rejected_rating": MAYBE_NUMBER},
    passed_over=("source", "chosen_model", "rejected_model"),
    read=_read,
    wins="score: `chosen` must be rated higher; equal ratings are a tie",
)
