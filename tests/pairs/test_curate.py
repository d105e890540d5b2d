import json

import pytest

from ownvoice.errors import StorageError
from ownvoice.pairs.curate import curate_batch
from stand_ins.night import Night


def test_a_usable_answer_that_another_worker_overwrote_is_missed_in_one_sentence_and_bought_again(
    lake, tmp_path, offline_model
):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.list_and_plan("one")
    night.generate("one")
    victim = next(found.key for found in lake.store.objects("answers"))
    record = json.loads(lake.store.read(victim))
    record["response"]["choices"][0]["message"]["content"] = "no JSON"
    lake.store.write(victim, json.dumps(record).encode())

    with pytest.raises(StorageError, match="held a usable answer and does not any more.*Clear generate_batch"):
        curate_batch(lake, "one", "batch-0000")
    asked = offline_model.requests_served
    night.generate("one")
    assert offline_model.requests_served == asked + 1
