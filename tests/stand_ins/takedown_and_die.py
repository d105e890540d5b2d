"""Takedowns that kill themselves with SIGKILL at places that a test names, one after the other, and one that ends.

Run as: python takedown_and_die.py LAKE ARTICLE_ID PLACE...

A place is the name of a step, whose work is then done and not written down, or `write:N`, the N-th time that the store
is written to. Each takedown is a process of its own, forked from one that has imported everything and started nothing.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from ownvoice.errors import SettingsError
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from ownvoice.takedown import steps, take_down
from ownvoice.takedown.found import Wanted


def main(lake_uri: str, article_id: str, places: list[str]) -> list[int]:
    """Return the exit status of each takedown, the last of which nobody kills."""
    return [_in_child(partial(_work, lake_uri, article_id, place)) for place in [*places, ""]]


def _in_child(work: Callable[[], None]) -> int:
    if child := os.fork():
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    try:
        work()
    except BaseException as error:  # a child must not go on as its parent
        print(repr(error), file=sys.stderr)
        os._exit(1)
    os._exit(0)


def _work(lake_uri: str, article_id: str, place: str) -> None:
    kind, _, number = place.partition(":")
    if kind == "write":
        _die_at_write(int(number))
    elif kind:
        _die_after_step(kind)
    asked = steps.Asked(Wanted(article_ids=frozenset({article_id})), decided_by="tests")
    take_down.take_down(Lake(lake_uri), asked, _no_hub)


def _die_after_step(name: str) -> None:
    whole = steps.STEPS[name]

    def last(work: steps.Work) -> Any:
        whole(work)
        os.kill(os.getpid(), signal.SIGKILL)

    steps.STEPS = {**steps.STEPS, name: last}


def _die_at_write(number: int) -> None:
    written = 0
    for name in ("write", "delete"):
        whole = getattr(ObjectStore, name)

        def counted(store: ObjectStore, *arguments: Any, whole: Callable[..., Any] = whole) -> None:
            nonlocal written
            written += 1
            if written == number:
                os.kill(os.getpid(), signal.SIGKILL)
            whole(store, *arguments)

        setattr(ObjectStore, name, counted)


def _no_hub() -> Any:
    raise SettingsError("no token in a test")


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], sys.argv[2], sys.argv[3:])))
