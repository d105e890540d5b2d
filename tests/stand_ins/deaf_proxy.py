"""A proxy that takes every connection, keeps what it was asked, and never answers: a firewall, as a client sees it.

HTTP clients of Python and of Rust alike follow the variables that it yields; what is local is asked directly.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from stand_ins.silent_server import silent_server

_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy")


@dataclass
class DeafProxy:
    """The proxy's variables for a child process, and the first line of each request that it got."""

    variables: dict[str, str]
    asked: list[str]


@contextmanager
def deaf_proxy() -> Iterator[DeafProxy]:
    """Run one for as long as the block lasts."""
    asked: list[str] = []
    with silent_server(
        lambda connection: asked.append(connection.recv(4096).decode(errors="replace").split("\r\n")[0])
    ) as address:
        yield DeafProxy(dict.fromkeys(_VARIABLES, address) | {"NO_PROXY": "127.0.0.1,localhost"}, asked)
