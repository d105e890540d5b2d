"""UltraFeedback binarized, both: by the H4 team (rejected drawn at random), and cleaned by argilla."""

from __future__ import annotations

from collections.abc import Callable

from ownvoice.imports.drops import PROMPTS_DIFFER, Dropped
from ownvoice.imports.known_set import MAYBE_NUMBER, TEXT, TURNS, KnownSet, Row, margin_of
from ownvoice.imports.turns import Compared, comparable, messages, of_dialogues
from ownvoice.states import ProvenanceClass


def _reading(chosen_score: str, rejected_score: str) -> Callable[[Row], Compared | Dropped]:
    """Return how a row is read whose scores stand in these columns; `prompt` repeats a user turn of both dialogues."""

    def read(row: Row) -> Compared | Dropped:
        margin = margin_of(row[chosen_score], row[rejected_score])
        if isinstance(margin, Dropped):
            return margin
        found = of_dialogues(messages(row["chosen"]), messages(row["rejected"]), margin)
        return found if isinstance(found, Dropped) or _asks(found, row["prompt"]) else Dropped(PROMPTS_DIFFER, "prompt")

    return read


def _asks(found: Compared, prompt: str) -> bool:
    asked = comparable(prompt)
    return any(comparable(turn["content"]) == asked for turn in found.prompt if turn["role"] == "user")


BINARIZED = KnownSet(
    name="ultrafeedback-binarized",
    repo="HuggingFaceH4/ultrafeedback_binarized",
    files=("data/train_prefs-*.parquet",),
    licence="MIT",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={
        "prompt": TEXT,
        "chosen": TURNS,
        "rejected": TURNS,
        "score_chosen": MAYBE_NUMBER,
        "score_rejected": MAYBE_NUMBER,
    },
    passed_over=("prompt_id", "messages"),
    read=_reading("score_chosen", "score_rejected"),
    wins="score: `chosen` must be rated higher; equal scores are a tie",
)
CLEANED = KnownSet(
    name="ultrafeedback-cleaned",
    repo="argilla/ultrafeedback-binarized-preferences-cleaned",
    files=("data/train-*.parquet",),
    licence="MIT",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={
        "prompt": TEXT,
        "chosen": TURNS,
        "rejected": TURNS,
        "chosen-rating": MAYBE_NUMBER,
        "rejected-rating": MAYBE_NUMBER,
    },
    passed_over=("source", "chosen-model", "rejected-model"),
    read=_reading("chosen-rating", "rejected-rating"),
    wins="score: `chosen` must be rated higher; equal ratings are a tie",
)
