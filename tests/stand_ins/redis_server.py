"""Debian's Redis on a free port of loopback, as Celery's broker; it keeps its queue over a restart."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from stand_ins.s3_server import free_port, wait_until_it_listens


class RedisServer:
    """The server at `url`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, with what it held when it stopped."""
        options = ("--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(self._folder), "--appendonly", "yes")
        with (self._folder / "redis.log").open("ab") as log:
            self._process = subprocess.Popen(["redis-server", *options], stdout=log, stderr=log)
        wait_until_it_listens(self._port)

    def stop(self) -> None:
        """End it as a shutdown does."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def deliver_again(self) -> int:
        """Queue every message again that a worker has and did not acknowledge; return their number.

        So does Celery's Redis transport (kombu) with those that are older than its visibility timeout.
        """
        with redis.Redis(port=self._port) as client:
            unacknowledged = client.hvals("unacked")
            for held in unacknowledged:
                message, _exchange, queue = json.loads(held)
                client.lpush(queue, json.dumps(message))
        return len(unacknowledged)


@contextlib.contextmanager
def running_redis(folder: Path) -> Iterator[RedisServer]:
    """Run it for as long as the block lasts. The test is skipped where it is not installed."""
    if not shutil.which("redis-server"):
        pytest.skip("redis-server is not installed, which Debian has as a package")
    server = RedisServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()
