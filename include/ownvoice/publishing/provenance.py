"""The record in a model's card that identifies its exact training rows.

The rule: the selected rows of the dataset version whose split is `train`, in the order of their pair ids, without those
whose pair ids are listed as left out. Their digest is the one that dataset versions carry, over these rows alone.
"""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import BaseModel, ValidationError

from ownvoice.config.problems import problems_in
from ownvoice.dataset.digest import digest_of, lattice_of
from ownvoice.errors import BadDataError
from ownvoice.storage.conditions import SELECTED
from ownvoice.storage.lake import Lake, scan
from ownvoice.storage.rows import PairRow
from ownvoice.storage.run_keys import RunKeys
from ownvoice.storage.versions import version_or_latest
from ownvoice.training.mixture.listing import read_listing
from ownvoice.training.mixture.shares import OWN
from ownvoice.training.mixture.used import MixtureUsed
from ownvoice.training.result import BaseUsed, DatasetUsed, TrainedResult
from ownvoice.training.version_pairs import refuse_withdrawn

RULE = (
    "the version's rows with split = 'train' and selected not false in the order of pair_id, without those listed in "
    "left_out"
)

_MARK = "<!-- ownvoice record: from this block alone the training rows are found again -->"
_BLOCK = re.compile(re.escape(_MARK) + r"\s+```json\n(.*?)\n```", re.DOTALL)


class RowsUsed(BaseModel):
    """The rows that were trained on: the rule by which they are found again, their number and their digest."""

    rule: str = RULE
    left_out: list[str]
    count: int
    digest: str


class Provenance(BaseModel):
    """The origins of a model, as its card holds them.

    `rows` are the own pairs, of a mixture too. `versions` are those of the trainer's libraries.
    """

    run: str
    dataset: DatasetUsed
    mixture: MixtureUsed | None = None
    rows: RowsUsed
    base: BaseUsed
    recipe_id: str
    recipe: dict[str, Any]
    image: str
    versions: dict[str, str]


def provenance(lake: Lake, run_id: str, result: TrainedResult) -> Provenance:
    """Return the provenance of a trained run. Raises `BadDataError` where its rows cannot be told any more."""
    left_out = _left_out(lake, run_id, result)
    rows = _train_rows(lake, result.dataset.version, left_out)
    own = result.mixture.by_set().get(OWN, 0) if result.mixture else result.rows.train
    if len(rows) != own:
        refuse_withdrawn(lake, version_or_latest(lake, result.dataset.version))
        raise BadDataError(
            f"run {run_id} was trained on {own} own pairs, and its dataset version with "
            f"what it says it left out gives {len(rows)}. Train it again with this version of Ownvoice."
        )
    return Provenance(
        run=run_id,
        dataset=result.dataset,
        mixture=result.mixture,
        rows=RowsUsed(left_out=left_out, count=len(rows), digest=digest_of(lattice_of(rows))),
        base=result.base,
        recipe_id=result.recipe_id,
        recipe=result.recipe.model_dump(mode="json"),
        image=result.image,
        versions=result.versions,
    )


def _left_out(lake: Lake, run_id: str, result: TrainedResult) -> list[str]:
    """Return the ids of the version's train pairs that were not trained on: also those that a mixture did not draw."""
    left_out = set(result.left_out_pair_ids.train)
    if result.mixture is None:
        return sorted(left_out)
    listed = read_listing(lake, RunKeys(run_id).mixture, result.mixture.digest)
    trained = {row.row_id for row in listed if row.set == OWN} - left_out
    every = _train_rows(lake, result.dataset.version, [])
    return sorted(row["pair_id"] for row in every if row["pair_id"] not in trained)


def as_block(record: Provenance) -> str:
    """Return the provenance as the part of a card that `read_block` finds."""
    return f"{_MARK}\n\n```json\n{json.dumps(_stored(record), indent=1, ensure_ascii=False)}\n```"


def _stored(record: Provenance) -> dict[str, Any]:
    return record.model_dump(exclude=None if record.mixture else {"mixture"})


def read_block(card: str) -> Provenance:
    """Return the provenance in a card. Raises `BadDataError` where it holds none."""
    found = _BLOCK.search(card)
    if found is None:
        raise BadDataError("this card holds no Ownvoice record. Take the README.md of a published model as it is.")
    try:
        return Provenance.model_validate_json(found[1])
    except ValidationError as error:
        raise BadDataError(f"the Ownvoice record in this card is damaged: {'; '.join(problems_in(error))}.") from None


def training_rows(lake: Lake, record: Provenance) -> list[PairRow]:
    """Return the rows that a model was trained on. Raises `BadDataError` where the lake no longer gives them."""
    rows = _train_rows(lake, record.dataset.version, record.rows.left_out)
    if digest_of(lattice_of(rows)) != record.rows.digest:
        refuse_withdrawn(lake, version_or_latest(lake, record.dataset.version))
        raise BadDataError(
            f"dataset version {record.dataset.version} of {lake.uri} does not give the rows of this card. "
            "It is another lake, or its rows were changed; `ownvoice verify` tells which."
        )
    return rows


def _train_rows(lake: Lake, version: int, left_out: list[str]) -> list[PairRow]:
    table = lake.table("pairs", version_or_latest(lake, version).number)
    batches = scan(table, where=f"split = 'train' AND {SELECTED} ORDER BY pair_id")
    without = set(left_out)
    return [row for batch in batches for row in batch.to_pylist() if row["pair_id"] not in without]
