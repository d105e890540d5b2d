from __future__ import annotations

from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.outcomes import OUTCOMES, OutcomeRow, outcome_row
from ownvoice.states import ChunkEvent


def test_a_row_has_the_columns_that_tables_chunks_keeps_of_an_outcome() -> None:
    row = outcome_row(ChunkOutcome("article", 0, "", "model", ChunkEvent.NOT_AFFORDED), {})
    assert set(row) == set(OutcomeRow.__annotations__) == set(OUTCOMES.names)
    assert row["request_key"] is None and row["cost_usd"] is None
