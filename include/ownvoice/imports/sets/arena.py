"""lmarena-ai/arena-human-preference-140k: votes of visitors between the answers of two models."""

from __future__ import annotations

from typing import Any

from ownvoice.imports.drops import NOT_TEXT, TIE, Dropped
from ownvoice.imports.known_set import LIST, ROLES, TEXT, KnownSet, Row, RowError, one_of
from ownvoice.imports.turns import Compared, of_dialogues
from ownvoice.states import ProvenanceClass
from ownvoice.storage.rows import Message

_OTHER_PARTS = ("image", "file", "audio", "video")


def _read(row: Row) -> Compared | Dropped:
    winner = one_of(row, "winner", "model_a", "model_b", "tie", "both_bad")
    if winner in ("tie", "both_bad"):
        return Dropped(TIE, winner)
    sides = [_turns(name, row[name]) for name in ("conversation_a", "conversation_b")]
    chosen, rejected = sides if winner == "model_a" else sides[::-1]
    if chosen is None or rejected is None:
        return Dropped(NOT_TEXT)
    return of_dialogues(chosen, rejected)


def _turns(column: str, turns: list[Any]) -> list[Message] | None:
    """Return the turns with the text of their parts; None where a part is no text."""
    found: list[Message] = []
    for turn in turns:
        if not isinstance(turn, dict) or turn.get("role") not in ROLES:
            raise RowError(f"column {column} holds a turn without a role of {', '.join(ROLES)}")
        text = _text(column, turn.get("content"))
        if text is None:
            return None
        found.append(Message(role=turn["role"], content=text))
    return found


def _text(column: str, content: Any) -> str | None:
    if content is None or isinstance(content, str):
        return content or ""
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        raise RowError(f"column {column} holds a content that is neither text nor a list of parts")
    kinds = [part.get("type") for part in content]
    if unknown := [str(kind) for kind in kinds if kind not in ("text", *_OTHER_PARTS)]:
        raise RowError(f"column {column} holds a part of the unknown type {', '.join(unknown)}")
    texts = [part.get("text") or "" for part in content]
    if not all(isinstance(text, str) for text in texts):
        raise RowError(f"column {column} holds a part whose text is no text")
    return "".join(texts) if set(kinds) <= {"text"} else None


SET = KnownSet(
    name="arena-140k",
    repo="lmarena-ai/arena-human-preference-140k",
    files=("data/train-*.parquet",),
    licence="CC-BY-4.0 for the prompts; the answers under the terms of their models' makers",
    provenance=ProvenanceClass.HUMAN_PREFERENCE,
    columns={"winner": TEXT, "conversation_a": LIST, "conversation_b": LIST},
    passed_over=(
        *("id", "model_a", "model_b", "evaluation_session_id", "evaluation_order", "full_conversation", "timestamp"),
        *("conv_metadata", "category_tag", "language", "is_code"),
    ),
    read=_read,
    wins="enum: `winner`; tie and both_bad are ties",
    votes=True,
)
