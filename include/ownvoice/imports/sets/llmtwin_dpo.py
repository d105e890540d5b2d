"""mlabonne/llmtwin-dpo: the preference set of the LLM Engineer's Handbook, chapter 6."""

from __future__ import annotations

from ownvoice.imports.drops import Dropped
from ownvoice.imports.known_set import TEXT, KnownSet, Row
from ownvoice.imports.turns import Compared, of_answers, user
from ownvoice.states import ProvenanceClass


def _read(row: Row) -> Compared | Dropped:
    return of_answers(user(row["prompt"]), row["chosen"], row["rejected"])


SET = KnownSet(
    name="llmtwin-dpo",
    repo="mlabonne/llmtwin-dpo",
    files=("data/train-*.parquet",),
    licence="Apache-2.0",
    provenance=ProvenanceClass.MODEL_PREFERENCE,
    columns={"prompt": TEXT, "chosen": TEXT, "rejected": TEXT},
    passed_over=("id",),
    read=_read,
    wins="fixed: `chosen`, which a model extracted from an article; nothing here can prove it",
    leaves_out="the test split, which was made from the set's first upload",
)
