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
from ownvoice.training.trainer.answering.one_job import one_job
from ownvoice.training.trainer.stop import Stop


def main(arguments: list[str] | None = None) -> int:
    """Answer one job; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ownvoice.training.answering", description="Answer one job.")
    parser.add_argument("--job", required=True, help="URI of a job.json")
    try:
        job = read_job(parser.parse_args(arguments).job)
        lake, stop = Lake(job.lake), Stop()
        with tempfile.TemporaryDirectory(prefix="ownvoice-answering-") as folder:
            return one_job(job, lake, stop, Path(folder))
    except OwnvoiceError as error:
        print(f"ownvoice.training.answering: {error}", file=sys.stderr)
        return error.exit_code
