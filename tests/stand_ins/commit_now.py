"""A commit in a process of its own, which starts when a line comes in; it prints `done` or the error's class.

Run as: python commit_now.py LAKE RUN ACCESS, the access as JSON
"""

from __future__ import annotations

import json
import sys

import deltalake  # noqa: F401, TID253  # read before the start, so that two of us start together

from ownvoice.dataset.commit import commit_version
from ownvoice.errors import StorageError
from ownvoice.storage.aws import AwsAccess
from ownvoice.storage.lake import Lake


def main(lake_uri: str, run_id: str, access: str) -> None:
    """Say that all is ready, wait, and commit."""
    lake = Lake(lake_uri, AwsAccess(**json.loads(access)))
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        commit_version(lake, run_id)
        print("done")
    except StorageError as error:
        print(type(error).__name__, error)


if __name__ == "__main__":
    main(*sys.argv[1:])
