"""The log and the metrics of a run, as they are uploaded."""

import json
import math
import time

import pytest

from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.metric_rows import read_rows
from ownvoice.training.trainer.record import Record

KEYS = RunKeys("one")


def metrics(lake):
    return read_rows(lake.store.read("runs/one/metrics.jsonl") or b"")[0]


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
