"""A proxy that takes every connection, keeps what it was asked, and never answers: a firewall, as a client sees it.

HTTP clients of Python and of Rust alike follow the variables that it yields; what is local is asked directly.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class DeafProxy:
    """The proxy's variables for a child process, and the first line of each request that it got."""

    variables: dict[str, str]
    asked: list[str] = field(default_factory=list)


@contextmanager
def deaf_proxy() -> Iterator[DeafProxy]:
    """Run one for as long as the block lasts."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")
        proxy = DeafProxy(dict.fromkeys(names, address) | {"NO_PROXY": "127.0.0.1,localhost"})
        taken: list[socket.socket] = []

        def take() -> None:
            while True:
                try:
                    taken.append(server.accept()[0])
                except OSError:  # the block has ended
                    return
                proxy.asked.append(taken[-1].recv(4096).decode(errors="replace").split("\r\n")[0])

        threading.Thread(target=take, daemon=True).start()
        yield proxy
        server.shutdown(socket.SHUT_RDWR)
        for connection in taken:
            connection.close()
