"""The demo is a folder of scripts, no package: its modules are found as `python demo/start.py` finds them."""

from __future__ import annotations

import sys

from stand_ins.places import REPOSITORY

sys.path.append(str(REPOSITORY / "demo"))
