"""A moto server without conditional creation: every racer wins, as on Ceph's versioned buckets and OpenStack Swift.

So that racers do meet, the entry of a Delta log waits a moment for a second one of the same name.
Run as: python forgetful_s3.py -H HOST -p PORT
"""

from __future__ import annotations

import re
import sys
import threading
from collections import defaultdict
from typing import Any

WAIT_FOR_A_RACER_S = 0.3
LOG_ENTRY = re.compile(r"/_delta_log/\d+\.json$")

_meeting: dict[str, threading.Barrier] = defaultdict(lambda: threading.Barrier(2))


def forget_conditions(server: Any) -> Any:
    """Wrap a WSGI application: no request carries a condition any more."""

    def forgetful(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_IF_NONE_MATCH", None)
        if environ["REQUEST_METHOD"] == "PUT" and LOG_ENTRY.search(environ["PATH_INFO"]):
            _meet(environ["PATH_INFO"])
        return server(environ, start_response)

    return forgetful


def _meet(entry: str) -> None:
    try:
        _meeting[entry].wait(WAIT_FOR_A_RACER_S)
    except threading.BrokenBarrierError:
        return
    print("two writers of", entry, flush=True)


if __name__ == "__main__":
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    run_simple(
        sys.argv[2], int(sys.argv[4]), forget_conditions(DomainDispatcherApplication(create_backend_app)), threaded=True
    )
