"""The quotation marks that browsers put around a `q`, by language.

Source: https://html.spec.whatwg.org/multipage/rendering.html#quotes, which takes them from Unicode CLDR.
"""

from __future__ import annotations

_ENGLISH = "“”‘’"
_BY_LANGUAGE = {
    **dict.fromkeys(("de", "cs", "sk", "sl", "is", "bg", "lt", "et", "ka", "lb", "dsb", "hsb"), "„“‚‘"),
    **dict.fromkeys(("fr", "it", "es", "pt", "ca", "no", "nb", "nn", "el", "fa", "hy"), "«»“”"),
    **dict.fromkeys(("ru", "uk", "be"), "«»„“"),
    **dict.fromkeys(("pl", "hu", "ro"), "„”«»"),
    **dict.fromkeys(("hr", "sr", "bs", "mk"), "„”‚’"),
    **dict.fromkeys(("sv", "fi"), "””’’"),
    **dict.fromkeys(("ja", "zh-hant", "zh-tw", "zh-hk"), "「」『』"),
    "nl": "‘’“”",
    "he": "””’’",
    "pt-br": "“”‘’",
    "de-ch": "«»‹›",
    "fr-ch": "«»‹›",
    "it-ch": "«»‹›",
}


def quotation_marks(language: str, depth: int) -> str:
    """Return the opening and the closing mark of a quote in `language` (BCP 47), `depth` of which are around it."""
    tag = language.lower().replace("_", "-")
    marks = next((found for key in (tag, tag.split("-")[0]) if (found := _BY_LANGUAGE.get(key))), _ENGLISH)
    return marks[2:] if depth % 2 else marks[:2]
