"""The parts of the trainer that need no torch: checkpoints, the record, patience, stopping, speed."""

import json
import math
import os
import signal
import time

import pytest

from ownvoice.errors import BadDataError, Exit, StoppedError, StorageUnavailableError
from ownvoice.storage.layout import RunKeys
from ownvoice.training.metric_rows import read_rows
from ownvoice.training.trainer.checkpoints import Identity, fetch_last_checkpoint, keep_checkpoint
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.merge_check import number_faults
from ownvoice.training.trainer.record import Record
from ownvoice.training.trainer.speed import flop_per_token, mfu
from ownvoice.training.trainer.stop import Stop
from ownvoice.training.version_pairs import read_pairs
from stand_ins.pair_lake import commit_pairs, small_dataset


def metrics(lake):
    return read_rows(lake.store.read("runs/one/metrics.jsonl") or b"")[0]


KEYS = RunKeys("one")
IDENTITY = Identity("recipe", "digest", "commit", "image")


@pytest.fixture
def keep(lake, tmp_path):
    def keep(step, identity=IDENTITY):
        folder = tmp_path / f"made-{step}"
        folder.mkdir()
        (folder / "weights").write_text(f"weights of {step}")
        keep_checkpoint(lake, KEYS, step, folder, identity)

    return keep


def fetch(lake, tmp_path, identity=IDENTITY):
    return fetch_last_checkpoint(lake, KEYS, identity, tmp_path / "fetched")


def test_the_newest_checkpoint_is_taken_and_all_but_two_are_removed(lake, tmp_path, keep):
    for step in (2, 10, 4):
        keep(step)
    assert fetch(lake, tmp_path) == (10, [])
    assert (tmp_path / "fetched" / "checkpoint-10" / "weights").read_text() == "weights of 10"
    assert [found.key for found in lake.store.objects("runs/one/checkpoints/step-2")] == []


@pytest.mark.parametrize("name", ["recipe_id", "dataset_digest", "base_commit", "image"])
def test_a_checkpoint_of_another_recipe_data_base_or_image_is_passed_over_with_the_reason(lake, tmp_path, keep, name):
    keep(2)
    other = Identity(
        **{"recipe_id": "recipe", "dataset_digest": "digest", "base_commit": "commit", "image": "image"} | {name: "x"}
    )
    step, passed_over = fetch(lake, tmp_path, other)
    assert step is None
    assert f"has another {name.replace('_', ' ')}" in passed_over[0]


def test_a_checkpoint_whose_upload_was_cut_short_or_that_was_damaged_falls_back_to_the_one_before(lake, tmp_path, keep):
    keep(2)
    keep(4)
    lake.store.write("runs/one/checkpoints/step-4/weights", b"rotten")
    lake.store.write("runs/one/checkpoints/step-6/weights", b"no marker yet")
    step, passed_over = fetch(lake, tmp_path)
    assert step == 2
    assert passed_over == ["checkpoint step-6 was never finished", "checkpoint step-4 is damaged in the lake"]


def test_numbers_that_are_not_finite_stand_in_the_record_as_json_that_others_read(lake):
    record = Record(lake, KEYS)
    record.measure(1, {"loss": float("nan"), "grad_norm": 1.0})
    record.keep()
    stored = lake.store.read("runs/one/metrics.jsonl")
    row = json.loads(stored, parse_constant=pytest.fail)
    assert row["loss"] == "nan"
    assert math.isnan(read_rows(stored)[0][0]["loss"])


def test_a_second_try_appends_to_the_log_and_measures_again_what_came_after_its_checkpoint(lake, capsys):
    first = Record(lake, KEYS)
    first.say("first try")
    for step in (1, 2, 3):
        first.measure(step, {"loss": step})
    first.keep()
    second = Record(lake, KEYS)
    second.rewind(2)
    second.measure(3, {"loss": 30})
    second.say("second try")
    second.keep()
    assert [row["loss"] for row in metrics(lake)] == [1, 2, 30]
    assert [line.split(" ", 1)[1] for line in lake.store.read("runs/one/log.txt").decode().splitlines()] == [
        "first try",
        "second try",
    ]


def test_log_and_metrics_flow_to_the_lake_while_the_run_says_nothing_more(lake, capsys):
    record = Record(lake, KEYS)
    with record.flowing(every_s=0.01):
        record.say("loading")
        record.measure(1, {"loss": 0.5})
        give_up = time.monotonic() + 10
        while not metrics(lake) and time.monotonic() < give_up:
            time.sleep(0.01)
        assert lake.store.read("runs/one/log.txt").endswith(b" loading\n")
    assert metrics(lake) == [{"step": 1, "loss": 0.5}]


def test_a_store_that_is_away_for_a_while_is_waited_for(monkeypatch):
    answers = iter([StorageUnavailableError("away"), StorageUnavailableError("away"), None])
    monkeypatch.setattr("time.sleep", lambda _: None)

    def call():
        if error := next(answers):
            raise error
        return "kept"

    said = []
    assert patiently(call, said.append) == "kept"
    assert said == ["waiting for the store: away"] * 2


def test_a_store_that_stays_away_ends_the_patience():
    def call():
        raise StorageUnavailableError("away")

    with pytest.raises(StorageUnavailableError):
        patiently(call, lambda _: None, patience_s=0)


@pytest.fixture
def stop():
    before = signal.getsignal(signal.SIGTERM)
    yield Stop()
    signal.signal(signal.SIGTERM, before)


def test_sigterm_outside_training_stops_at_once_and_inside_it_waits_for_the_step(stop):
    with stop.after_the_step():
        os.kill(os.getpid(), signal.SIGTERM)
        assert stop.requested
    with pytest.raises(StoppedError, match="Start the same command again"):
        os.kill(os.getpid(), signal.SIGTERM)


def test_the_splits_of_a_version_are_read_as_they_are_and_in_the_order_of_their_ids(lake):
    number = commit_pairs(lake, small_dataset()[::-1])
    pairs = read_pairs(lake, number)
    assert [pair.pair_id for pair in pairs.train] == [f"{number:04}" for number in range(40)]
    assert len(pairs.test) == 8


def test_a_version_that_is_gone_or_has_no_test_split_is_bad_data(lake):
    number = commit_pairs(lake, small_dataset(test=0))
    with pytest.raises(BadDataError, match="no test pairs"):
        read_pairs(lake, number)
    with pytest.raises(BadDataError, match="no dataset version 7"):
        read_pairs(lake, 7)


def test_rows_that_are_not_what_the_record_says_fail_the_digest(lake):
    changed = small_dataset()
    changed[3] = changed[3] | {"chosen": "Not what was committed."}
    number = commit_pairs(lake, changed, recorded=small_dataset())
    with pytest.raises(BadDataError, match="not what its digest"):
        read_pairs(lake, number)


def test_a_shard_that_is_damaged_is_bad_data(lake):
    number = commit_pairs(lake, small_dataset())
    for found in list(lake.store.objects("tables/pairs")):
        if found.key.endswith(".parquet"):
            lake.store.write(found.key, b"rotten")
    with pytest.raises(BadDataError, match="cannot be read"):
        read_pairs(lake, number)


def test_mfu_follows_the_arithmetic_of_an_8b_llama_on_an_h100():
    class Llama8B:
        hidden_size, num_hidden_layers = 4096, 32

    flop = flop_per_token(Llama8B, matmul_parameters=7_505_000_000, mean_length=1024)
    assert flop == pytest.approx(46.1e9, rel=0.01)
    assert mfu(8500, flop, "NVIDIA H100 80GB HBM3") == pytest.approx(0.40, abs=0.01)
    assert mfu(100, flop, "NVIDIA L40S") == pytest.approx(100 * flop / 362e12)
    assert mfu(8500, flop, "cpu") is None


GOOD_MERGE = {"kl_merged_nats": 1e-6, "kl_base_nats": 1e-2, "top1_agreement": 1.0}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"kl_merged_nats": 9e-3}, "too far to be it"),
        ({"kl_merged_nats": float("nan")}, "too far to be it"),
        ({"kl_base_nats": 0.0}, "too far to be it"),
        ({"top1_agreement": 0.9}, "agrees with the adapter model on 90.0%"),
    ],
)
def test_a_merge_must_be_near_the_adapter_and_far_from_the_base(change, fault):
    faults = number_faults(GOOD_MERGE | change)
    assert [fault in found for found in faults] == ([] if fault is None else [True])


def test_every_exit_has_its_own_number_and_ownvoices_own_keep_theirs():
    assert len({int(end) for end in Exit}) == len(Exit)
    assert (Exit.BAD_RECIPE, Exit.STORAGE) == (2, 3)
