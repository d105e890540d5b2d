"""The command that answers a job.

Run as: python -m ownvoice.training.answering --job s3://bucket/prefix/runs/RUN/answering/NAME/job.json
Exit codes are those of `ownvoice.errors.Exit`; the same is told by `result.json` beside the job.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from ownvoice.answering.files import read_job
from ownvoice.errors import OwnvoiceError
from ownvoice.storage.lake import Lake
from ownvoice.training.process import AWAITED
from ownvoice.training.trainer.answering.one_job import one_job
from ownvoice.training.trainer.stop import Stop


def main(arguments: list[str] | None = None) -> int:
    """Answer one job; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ownvoice.training.answering", description="Answer one job.")
    parser.add_argument("--job", required=True, help="URI of a job.json")
    parser.add_argument(AWAITED, action="store_true", help="end where whoever waits for it no longer does")
    asked = parser.parse_args(arguments)
    try:
        job = read_job(asked.job)
        lake, stop = Lake(job.lake), Stop()
        with tempfile.TemporaryDirectory(prefix="ownvoice-answering-") as folder:
            return one_job(job, lake, stop, Path(folder), is_awaited=asked.awaited)
    except OwnvoiceError as error:
        print(f"ownvoice.training.answering: {error}", file=sys.stderr)
        return error.exit_code
