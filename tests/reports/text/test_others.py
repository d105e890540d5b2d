"""Versions, verifications, chunks and pairs as text: they fit a terminal of eighty columns too."""

from __future__ import annotations

import datetime as dt

import pytest

from ownvoice.dataset.verify import Verification
from ownvoice.llm.failures import Failure
from ownvoice.pairs.try_prompt import TriedChunk, TriedTriple
from ownvoice.reports.text.chunks import chunk_lines
from ownvoice.reports.text.pairs import pair_lines, tried_lines
from ownvoice.reports.text.versions import verification_lines, version_lines
from ownvoice.states import ChunkState
from ownvoice.storage.versions import DatasetVersion
from ownvoice.terminal import WIDTH_CHARS
from ownvoice.triples.parse import Triple

LONG = "where a long article that a person named by a whole sentence lies, by an author of many names and titles"
WORDS = "I read this again on a quiet day and I’d still stand by it, though that’s a big word. " * 4


def chunk(error: str):
    return {
        "article_id": LONG,
        "chunk_index": 10_999,
        "start": 123_456,
        "end": 234_567,
        "attempts": 10,
        "faults": [error],
        "refresh_date": dt.date(2026, 4, 1),
        "endpoint_words": WORDS,
    }


def fits(lines):
    found = list(lines)
    assert found
    return [line for line in found if len(line) > WIDTH_CHARS or not line.isprintable()] == []


@pytest.mark.parametrize("error", list(Failure))
def test_a_chunk_with_each_failure_fits(error):
    assert fits(chunk_lines(ChunkState.DEAD, [chunk(str(error))] * 2))


def test_a_tried_triple_says_its_kind_and_what_was_found_where_it_is_dropped():
    triple = Triple("Write out:\n- rain", "It rains.", "It rained.", "brief")
    dropped = TriedTriple(triple, "prompt_lacks_name", "Ada")
    lines = "\n".join(tried_lines(TriedChunk("a.md", "text", (), (dropped, TriedTriple(triple, "kept")))))
    assert "[prompt_lacks_name: Ada] brief: Write out:\n- rain\n" in lines
    assert "[kept] brief: Write out:" in lines


def test_a_pair_fits_and_stands_side_by_side():
    pair = {
        "prompt": WORDS,
        "chosen": WORDS,
        "rejected": WORDS,
        "rejected_model": "a-company/a-model-with-a-long-name-2026-instruct-preview",
        "article_id": LONG,
        "spans": [{"start": 1_000_000, "end": 1_000_500}] * 3,
        "split": "train",
        "pair_id": "0" * 64,
        "selected": None,
        "selected_reason": None,
    }
    assert fits(pair_lines(pair))
    assert sum(" │ " in line for line in pair_lines(pair)) > 5
    left_out = "\n".join(pair_lines(pair | {"selected": False, "selected_reason": "length"}))
    assert "left out of training and exports: length" in left_out
    assert "left out of training" not in "\n".join(pair_lines(pair))


def test_versions_and_what_a_verification_found_fit():
    run_id, at = "refresh_preferences/scheduled__2026-04-01T02:00:00+00:00", dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    version = DatasetVersion(9_999, run_id, at.date(), at, 10**8, 10**8, 10**8, "0" * 64, "", 1, 1)
    lines = list(version_lines([version]))
    assert fits(lines)
    assert lines[-1].strip() == run_id
    passed = Verification(9_999, 10**8, {}, True, ())
    assert fits(verification_lines(passed))
    assert fits(verification_lines(Verification(9_999, 10**8, {"0" * 32: WORDS}, False, (LONG,), (WORDS,))))


def test_what_a_prompt_made_fits():
    triple = TriedTriple(Triple(WORDS, WORDS, WORDS), "prompt_speaks_of_source")
    assert fits(line for line in tried_lines(TriedChunk(LONG, WORDS, ("bad_json",), (triple,))) if line)
