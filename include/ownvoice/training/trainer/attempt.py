"""One attempt at a work of the trainer: whatever it raises becomes an end with an exit code and a sentence."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from ownvoice.errors import Exit, OwnvoiceError


@dataclass(frozen=True, slots=True)
class TryEnd:
    """How a try ended, and what to do about it; the message is None where it did all of it."""

    exit: Exit
    message: str | None


def attempt(work: Callable[[], None], say: Callable[[str], None]) -> TryEnd:
    """Do `work`; return how it ended. The trace of an error that nobody foresaw goes to `say`."""
    try:
        work()
    except OwnvoiceError as error:
        return TryEnd(Exit(error.exit_code), str(error))
    except Exception as error:
        if "No space left on device" in str(error):
            message = f"the disk is full ({error}). Give the trainer more scratch space, then run again."
            return TryEnd(Exit.STORAGE, message)
        say(traceback.format_exc())
        return TryEnd(Exit.FAULT, f"{type(error).__name__}: {error}")
    return TryEnd(Exit.TRAINED, None)
