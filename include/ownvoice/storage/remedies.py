"""What a person can do about an object of the lake that cannot be read, by the place that it has in the layout."""

from __future__ import annotations

from ownvoice.storage.layout import CHAMPIONS, CURSOR, LANGUAGES, PROBE, REFUSED, REVIEWS, RUNS, TABLES


def remedy(key: str) -> str:
    """Return what a person can do about an object of the lake that cannot be read, as a sentence."""
    found = (sentence for place, sentence in _REMEDIES.items() if key.startswith(place) or key.endswith(place))
    return next(found, "Put it back from a backup of the lake.")


# By how a key begins or ends; the first that fits counts.
_REMEDIES = {
    CURSOR: "Remove it: the next run then lists the whole source.",
    PROBE: "Remove it: the next run then tests the store again.",
    LANGUAGES: "Remove it: the next run then judges languages again.",
    "grams/": "Remove the folder grams/: the next run then makes it again from the originals.",
    "explored/": "Remove it, and run `ownvoice explore` for that version again.",
    "passages/": "Remove it: the next run then counts passages again.",
    "sketches/": "Remove the folder sketches/: the next run then makes it again from the originals.",
    "evaluation/": "Remove it: the next run then reads the evaluation sets again.",
    f"{REFUSED}/": "Remove it: the chunk that it names is then asked again by `ownvoice retry` alone.",
    f"{REVIEWS}/": "Put it back from a backup. Without one: clear fold for decisions.parquet, remove an answer.",
    f"{CHAMPIONS}/": "Put it back from a backup of the lake, or remove it: the champion before it then counts.",
    "judges/": "Remove it, and run `ownvoice judges qualify` again: no stored answer is paid for twice.",
    "verified/": "Remove it, and verify that version again.",
    "imports/": "Remove it, and import that set again: no row is recorded twice.",
    "readings/": (
        "Put it back from a backup of the lake. Without one, remove it: what the article leaves out is then decided "
        "again, and its chunks may be asked again."
    ),
    "/report.json": "Put it back from a backup of the lake, or clear write_report of this run to write it again.",
    f"{RUNS}/": "Put it back from a backup of the lake, or start another run: no stored answer is paid for twice.",
    f"{TABLES}/": "Put the table's folder back from a backup of the lake; nothing was changed.",
}
