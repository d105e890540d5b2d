"""The trainer's command: `python -m ownvoice.training --recipe URI`, the only command in its pod."""

from __future__ import annotations

import sys

from ownvoice.training.parent import end_with_parent
from ownvoice.training.trainer.command import main

if __name__ == "__main__":
    end_with_parent()
    sys.exit(main())
