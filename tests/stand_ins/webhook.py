"""Whoever is told of failed tasks: a web server on loopback that keeps what is sent to it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Webhook:
    """`received` are the bodies, in the order of their arrival; `status` is what each is answered with."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.status = 200
        self.address = ""


@contextmanager
def running_webhook() -> Iterator[Webhook]:
    """Serve for as long as the block lasts."""
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            webhook.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(webhook.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            """Leave the tests' output alone."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    webhook.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield webhook
    finally:
        server.shutdown()
        server.server_close()
