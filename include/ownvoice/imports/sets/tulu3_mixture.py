"""allenai/llama-3.1-tulu-3-8b-preference-mixture (Lambert et al. 2024): answers of models, rated by one."""

from __future__ import annotations

from ownvoice.imports.drops import PROMPTS_DIFFER, Dropped
from ownvoice.imports.known_set import MAYBE_NUMBER, TEXT, TURNS, KnownSet, Row, margin_of
from ownvoice.imports.turns import Compared, comparable, messages, of_dialogues
from ownvoice.states import ProvenanceClass


def _read(row: Row) -> Compared | Dropped:
    margin = margin_of(row.get("chosen_rating"), row.get("rejected_rating"))
    if isinstance(margin, Dropped):
        return margin
    found = of_dialogues(messages(row["chosen"]), messages(row["rejected"]), margin)
    if isinstance(found, Dropped):
        return found
    asked = {comparable(turn["content"]) for turn in found.prompt}
    return found if comparable(row["prompt"]) in asked else Dropped(PROMPTS_DIFFER, "prompt")


SET = KnownSet(
    name="tulu-3-mixture",
    repo="allenai/llama-3.1-tulu-3-8b-preference-mixture",
    files=("data/train-*.parquet",),
    licence="ODC-BY-1.0, parts for non-commercial use",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={"prompt": TEXT, "chosen": TURNS, "rejected": TURNS},
    maybe={"chosen_rating": MAYBE_NUMBER, "rejected_rating": MAYBE_NUMBER},
    passed_over=("id", "source", "chosen_model", "rejected_model"),
    read=_read,
    wins="fixed: `chosen`, which must be rated higher where a row has ratings",
)
