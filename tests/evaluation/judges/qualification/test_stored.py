"""Which judges count by what the lake holds of them."""

from __future__ import annotations

import datetime as dt

from ownvoice.config.judges import Judge
from ownvoice.evaluation.judges.qualification.record import Measures, Qualification
from ownvoice.evaluation.judges.qualification.stored import qualified, write_qualification
from ownvoice.storage.lake import Lake


def test_a_judge_that_is_given_another_family_has_to_be_qualified_again(tmp_path):
    lake = Lake((tmp_path / "lake").as_uri())
    judge = Judge(name="strict", model="a-model", family="gpt")
    write_qualification(
        lake,
        Qualification(
            judge=judge,
            judge_id=judge.judge_id,
            prompt_version=judge.prompt_version,
            dataset_version=1,
            answered_by=("a-model",),
            measures=Measures(),
            requests=0,
            prompt_tokens=0,
            completion_tokens=0,
            at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
        ),
    )
    assert qualified(lake, [judge]).counting == [judge]
    (left_out,) = qualified(lake, [judge.model_copy(update={"family": "llama"})]).left_out
    assert "qualified as one of the family gpt and is called llama now: run `ownvoice judges qualify`" in left_out.why
