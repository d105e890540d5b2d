"""A command that ends with the process that started it, also where that one is killed and can tell nobody.

Linux alone has the signal for it (prctl(2), PR_SET_PDEATHSIG); elsewhere nothing here has an effect. The child asks for
it itself: between fork and exec nothing of ours may run in a parent with threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading

STARTED_BY = "OWNVOICE_STARTED_BY"
"""The variable that names the process that a command is to end with."""

_PR_SET_PDEATHSIG = 1


def naming_this_process() -> dict[str, str]:
    """Return the variable for a child that is to end with this process; nothing outside the main thread.

    The signal comes when the *thread* that started the child ends: of all threads, the main one lives to the end.
    """
    return {STARTED_BY: str(os.getpid())} if threading.current_thread() is threading.main_thread() else {}


def end_with_parent() -> None:
    """Have this process get SIGTERM when the one that started it is gone, as a trainer gets it when it is cancelled.

    Nothing where none is named, or where another process stands between the two, such as a script that starts Python.
    """
    named = os.environ.pop(STARTED_BY, "")  # children of this process have another parent
    if not named.isdecimal() or sys.platform != "linux":
        return
    if os.getppid() == int(named):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(named) and not _is_alive(int(named)):  # it was killed before it could be asked for
        os.kill(os.getpid(), signal.SIGTERM)


def _is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True
