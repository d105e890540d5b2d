"""The last part of the demo: makes a toy language model, and trains it by `train_dpo` on the pairs of the refresh.

The toy gives curves, verdict, merge and report as a real model does; it cannot write.
"""

from __future__ import annotations

import subprocess
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from environment import ARTICLES, HOME, LAKE, REPOSITORY, TRAINER_PYTHON
from processes import Started
from rest import Airflow
from runs import follow, succeeded
from watch import StatusLine, last_lines

from ownvoice.errors import OwnvoiceError
from ownvoice.storage.lake import Lake
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.results.report import TrainingReport, read_training_report

_TRAINING_TIMEOUT_S = 900
_WIDTH_CHARS = 80
_SAID_CHARS = 43


def train_toy(airflow: Airflow, processes: Sequence[Started]) -> int:
    """Make the toy, train it, print its report; return the exit code."""
    if not TRAINER_PYTHON.exists():
        print("No toy is trained: .venv-trainer is missing. `make trainer` makes it; then run `make demo-stop demo`.")
        return 0
    _make_toy()
    run = airflow.begin("train_dpo")
    print(f"\nWatch the training of the toy here:\n{airflow.run_page(run)}")
    lake = Lake(LAKE.as_uri())
    log_key = RunKeys(run.in_lake).log
    follow(airflow, run, _TRAINING_TIMEOUT_S, processes, lambda: last_said(lake.store.read(log_key) or b""))
    print()
    if not succeeded(airflow, run):
        return 1
    print("\n".join(training_page(read_training_report(lake, run.in_lake), LAKE)))
    return 0


def last_said(log: bytes) -> str:
    """Return the last line of the trainer's log without its time, as the end of a sentence; empty for an empty log."""
    _, _, said = log.decode().rstrip().rpartition("\n")[-1].partition(" ")
    return said and "; " + textwrap.shorten(said, _SAID_CHARS, placeholder=" …")


def training_page(report: TrainingReport, lake: Path) -> Iterator[str]:
    """Yield the report of the toy's training: verdict with reasons, loss, merge check, and where its files are."""
    result = report.result.trained()
    yield (
        f"The toy was trained on {result.rows.train} pairs of dataset version {report.dataset_version} and tested on "
        f"{result.rows.test}: {report.verdict}"
    )
    for finding in result.health.findings:
        reason = f"{finding.level}: {finding.reason}"
        yield textwrap.fill(reason, _WIDTH_CHARS, initial_indent="  ", subsequent_indent="  ")
    yield f"loss       {result.first_loss:.4f} at first, {result.final['loss']:.4f} at last"
    yield (
        f"merged     to {result.merge.dtype} and reloaded: {result.merge.kl_merged_nats:.1e} nats from the adapter "
        f"model; the base is {result.merge.kl_base_nats:.1e} away"
    )
    yield f"model      {lake / RunKeys(report.run_id).merged} (a toy)"
    yield f"report     {lake / report.report_key}"
    yield f"curves     {lake / report.curves_key}"


def _make_toy() -> None:
    """Make the toy in the trainer's environment, unless the lake holds one."""
    log = HOME / "toy.log"
    StatusLine().show("A toy language model learns from the sample articles, if the lake holds none (about a minute)")
    command = [str(TRAINER_PYTHON), "-m", "ownvoice.training.trainer.tiny", str(ARTICLES), LAKE.as_uri()]
    with log.open("wb") as out:
        done = subprocess.run(command, cwd=REPOSITORY / "include", stdout=out, stderr=out)  # noqa: S603
    if done.returncode:
        raise OwnvoiceError(
            f"the toy could not be made. The end of {log}:\n{last_lines(str(log))}"
            "Correct what it names and run `make demo-stop demo`."
        )
