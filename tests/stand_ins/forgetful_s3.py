"""A moto server without conditional creation: every racer wins, as on Ceph's versioned buckets and OpenStack Swift.

So that two do meet: once an object `meet/<table>` is written, the next entry of that table's log waits for a second
one of the same name, and both are written.
Run as: python forgetful_s3.py -H HOST -p PORT
"""

from __future__ import annotations

import re
import sys
import threading
from typing import Any

MEET = re.compile(r"/meet/(\w+)$")
LOG_ENTRY = re.compile(r"/tables/(\w+)/_delta_log/\d+\.json$")
PATIENCE_S = 60

_meetings: dict[str, threading.Barrier] = {}


def forget_conditions(server: Any) -> Any:
    """Wrap a WSGI application: no request carries a condition any more."""

    def forgetful(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_IF_NONE_MATCH", None)
        if environ["REQUEST_METHOD"] == "PUT":
            _meet(environ["PATH_INFO"])
        return server(environ, start_response)

    return forgetful


def _meet(path: str) -> None:
    if called := MEET.search(path):
        _meetings[called[1]] = threading.Barrier(2)
    entry = LOG_ENTRY.search(path)
    # One of the two tells it: the words of both would run into each other.
    if entry and (meeting := _meetings.get(entry[1])) and meeting.wait(PATIENCE_S) == 0:
        _meetings.pop(entry[1], None)
        print("two writers of", path, flush=True)


if __name__ == "__main__":
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import run_simple

    run_simple(
        sys.argv[2], int(sys.argv[4]), forget_conditions(DomainDispatcherApplication(create_backend_app)), threaded=True
    )
