"""Anthropic/hh-rlhf: people preferred one of two dialogues, each one string (Bai et al. 2022)."""

from __future__ import annotations

from ownvoice.imports.drops import NO_DIALOGUE, Dropped
from ownvoice.imports.known_set import TEXT, KnownSet, Row
from ownvoice.imports.turns import Compared, of_dialogues, parse_dialogue
from ownvoice.states import ProvenanceClass


def _read(row: Row) -> Compared | Dropped:
    chosen, rejected = parse_dialogue(row["chosen"]), parse_dialogue(row["rejected"])
    if chosen is None or rejected is None:
        return Dropped(NO_DIALOGUE, "it does not begin with a turn")
    return of_dialogues(chosen, rejected)


SET = KnownSet(
    name="hh-rlhf",
    repo="Anthropic/hh-rlhf",
    files=(
        "harmless-base/train.jsonl.gz",
        "helpful-base/train.jsonl.gz",
        "helpful-online/train.jsonl.gz",
        "helpful-rejection-sampled/train.jsonl.gz",
    ),
    licence="MIT",
    provenance=ProvenanceClass.HUMAN_PREFERENCE,
    columns={"chosen": TEXT, "rejected": TEXT},
    read=_read,
    wins="fixed: `chosen`",
    leaves_out="the folder red-team-attempts, which holds no pairs",
)
