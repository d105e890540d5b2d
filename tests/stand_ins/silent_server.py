"""A server that takes every connection and never answers, as one behind a network that drops packets."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ownvoice.storage.aws import AwsAccess, Patience


@contextmanager
def silent_server(hear: Callable[[socket.socket], None] = lambda connection: None) -> Iterator[str]:
    """Run one for as long as the block lasts; yield its address. `hear` gets each connection that it took."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as server:
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:  # the block has ended
                    return
                hear(taken[-1])

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()


@contextmanager
def silent_store(patience: Patience) -> Iterator[AwsAccess]:
    """Run a silent store for as long as the block lasts; yield how a client with this patience reaches it."""
    with silent_server() as address:
        yield AwsAccess("key", "secret", endpoint_url=address, patience=patience)
