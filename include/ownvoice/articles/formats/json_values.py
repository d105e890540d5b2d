"""JSON as its author typed it: numbers keep their spelling, and of a name that stands twice no value is lost."""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any

from ownvoice.articles.article import Reason, UnreadableError
from ownvoice.articles.formats.budget import refuse_more
from ownvoice.articles.formats.names import all_values
from ownvoice.articles.formats.opened import Numeral

MAX_VALUES = 2_000_000
"""How many values one document or line may hold: each needs about a hundred bytes of memory."""

_MARKS = "[{,:"  # each value but the first stands behind one
_UP_TO_A_MARK = re.compile(r'(?:[^"\[{,:]++|"(?:[^"\\]|\\.)*+"?)*+([\[{,:]?)', re.DOTALL)  # passing over strings


def load_json(text: str) -> Any:
    """Return what a JSON text holds. Raises `UnreadableError` where it is none, or more than `MAX_VALUES` values.

    A number is a `Numeral`, NaN is None, and a name with several values has the list of them.
    """
    if sum(map(text.count, _MARKS)) > MAX_VALUES:
        found = sum(bool(one[1]) for one in islice(_UP_TO_A_MARK.finditer(text), MAX_VALUES + 1))
        refuse_more("values", found, MAX_VALUES)
    try:
        return _DECODER.decode(text)
    except RecursionError:
        raise UnreadableError(Reason.BAD_JSON, "it is nested too deep; about 900 levels are read") from None
    except ValueError as error:
        raise UnreadableError(Reason.BAD_JSON, str(error)[:200]) from None


def _not_finite(name: str) -> Numeral | None:
    return None if name == "NaN" else Numeral(name)


_DECODER = json.JSONDecoder(
    object_pairs_hook=all_values, parse_int=Numeral, parse_float=Numeral, parse_constant=_not_finite
)
