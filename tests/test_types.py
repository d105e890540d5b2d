"""Misspelt names that the type checker refuses: columns that are written or read, and the context of a request."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import uuid4

import pytest
from mypy import api

REPOSITORY = Path(__file__).resolve().parents[1]

# One line for each case; mypy checks them together, since its start costs more than the rest.
WRITTEN = 'SpendRow(model="m", promt_tokens=1, completion_tokens=1, reserved_tokens=1, wasted_tokens=0, cost_usd=None)'
READ = 'chunk["drop_reason"]'
KEYWORD = "asyncio.run(ask_everywhere(requests, answers, endpoints, on_outcome, RequestContext(run_di='night')))"
MISSPELT = {WRITTEN: "promt_tokens", READ: "drop_reason", KEYWORD: "run_di"}
SPELT = [
    WRITTEN.replace("promt", "prompt"),
    READ.replace("reason", "reasons"),
    KEYWORD.replace("run_di", "run_id"),
]
HEAD = """\
import asyncio
from collections.abc import Callable, Iterable, Mapping

from ownvoice.config.generators import Route
from ownvoice.llm.answers import AnswerStore
from ownvoice.llm.chunk_outcome import ChunkOutcome
from ownvoice.llm.chunk_request import ChunkRequest
from ownvoice.llm.context import RequestContext
from ownvoice.llm.endpoints import Endpoints, ask_everywhere
from ownvoice.storage.rows import ChunkRow, SpendRow

chunk: ChunkRow
requests: Mapping[Route, Iterable[ChunkRequest]]
answers: AnswerStore
endpoints: Endpoints
on_outcome: Callable[[ChunkOutcome], None]
"""


@pytest.fixture(scope="module")
def errors(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What mypy, set up as for `make lint`, says about each line."""
    # A name of its own: mypy keeps what it said about a module, with the path that it had in an earlier run.
    path = tmp_path_factory.mktemp("types") / f"misspelt_{uuid4().hex}.py"
    lines = [*HEAD.splitlines(), *SPELT, *MISSPELT]
    path.write_text("\n".join(lines), encoding="utf-8")
    said, failure, _ = api.run(["--config-file", str(REPOSITORY / "pyproject.toml"), str(path)])
    assert not failure
    found = re.findall(rf"^{re.escape(str(path))}:(\d+): error: (.*)$", said, re.MULTILINE)
    return {lines[int(number) - 1]: message for number, message in found}


@pytest.mark.parametrize("line", SPELT)
def test_a_name_spelt_right_is_accepted(errors: dict[str, str], line: str):
    assert line not in errors


@pytest.mark.parametrize(("line", "name"), MISSPELT.items(), ids=["written column", "read column", "keyword"])
def test_a_misspelt_name_is_refused_and_named(errors: dict[str, str], line: str, name: str):
    assert f'"{name}"' in errors[line]
