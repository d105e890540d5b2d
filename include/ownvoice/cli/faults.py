"""What the command line says when a command fails: one sentence, and no trace on the terminal."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path

from ownvoice.errors import Exit, OwnvoiceError, first_line


def sentence_and_code(error: Exception) -> tuple[str, Exit]:
    """Return what to print about an error that ended a command, and the exit code."""
    if isinstance(error, OwnvoiceError):
        return str(error), error.exit_code
    if isinstance(error, OSError):
        what = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else str(error)
        return f"{what}. Check the disk and the rights there, then run the command again.", Exit.STORAGE
    return (
        f"this is a fault of Ownvoice itself ({type(error).__name__}: {first_line(error)}). {_kept_trace(error)} "
        "Please report it. What is stored stays, and no answer is paid for twice.",
        Exit.FAULT,
    )


def _kept_trace(error: Exception) -> str:
    """Keep the trace in a file, and say where."""
    try:
        with tempfile.NamedTemporaryFile("w", prefix="ownvoice-", suffix=".txt", delete=False) as file:
            file.writelines(traceback.format_exception(error))
    except OSError:
        return "Its trace could not be kept."
    return f"Its trace is in {Path(file.name)}."
