"""The demo is a folder of scripts, no package: its modules are found as `python demo/start.py` finds them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent.parent / "demo"))
