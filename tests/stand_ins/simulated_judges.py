"""Judges with known faults and known noise, to find out how often the rule excludes them.

A judge sees what a request shows and nothing else. How good an answer is, it works out from the texts themselves: a
fixed hash of the answer, less where it shares no word with the instruction or says what adds nothing. To that come the
judge's own noise, drawn anew for each request by its seed, and its fault. They answer as models of the stand-in server
too, under the name `simulated-MANNER-SEED`.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Callable
from typing import Any

from ownvoice.style.words import FUNCTION_WORDS, words

SIMULATED = "simulated-"

_PART = re.compile(r"\[(instruction|answer A|answer B) ([0-9a-f]{12})\]\n(.*?)\n\[end of \1 \2\]", re.DOTALL)
_ORDER = re.compile(r'choose ([AB])\b|"winner": "([AB])"', re.IGNORECASE)
