"""The layout of the lake: every key that Ownvoice writes, once; `run_keys.py` has those of a run.

A key is an object's name below the lake's URI. Rooms ask here for a key and never spell one themselves.
"""

from __future__ import annotations

import hashlib

RUNS = "runs"
CHANGES = "changes.parquet"  # in the folder of a refresh run: what changed in the source, an article a row
TABLES = "tables"
OPEN_BATCH_JOBS = "batch_api/open"
CURSOR = "cursor.json"
PROBE = "probe.json"
PUSHES = "hub"
CHAMPIONS = "champions"
JUDGES = "judges"  # a folder for each judge, and one for the controls of each version
REVIEWS = "reviews"  # a folder for each round in which people review pairs; `review_keys.py` has its keys
LEASES = "lease"
REFUSED = "refused"  # a note for each chunk that died of a refusal, by the way it was asked
IDENTITY = "identity"  # the pairs that state who made a model, as they were made
LANGUAGES = "languages.json"  # by the hash of the text, for the articles that wait for theirs


def original_key(article_sha256: str) -> str:
    """Return the key of an article's own text."""
    return f"originals/{article_sha256}"


def answer_key(request_key: str, attempt: int) -> str:
    """Return the key of one stored answer; attempts count from 1."""
    return f"answers/{request_key}/{attempt}.json"


def table_key(table: str) -> str:
    """Return the folder of a Delta table."""
    return f"{TABLES}/{table}"


def log_entry_key(table: str, version: int) -> str:
    """Return the key of the entry of a Delta log that is `version`."""
    return f"{table_key(table)}/_delta_log/{version:020}.json"


def probe_key(name: str) -> str:
    """Return the key of an object that the probe of the store races for."""
    return f"probe/{name}"


def lease_key(number: int) -> str:
    """Return the key of a lease on the lake; the highest number counts."""
    return f"{LEASES}/{number:08}.json"


def sketches_key(sketch_version: str) -> str:
    """Return the folder of the near-duplicate index for one way of making sketches."""
    return f"sketches/{sketch_version}"


def grams_key(gram_version: str) -> str:
    """Return the folder of the index of grams for one way of making grams."""
    return f"grams/{gram_version}"


def passages_key(cleaning_version: str, author_id: str) -> str:
    """Return the key of the passages counted for an author; the empty id counts all authors."""
    name = hashlib.sha256(author_id.encode()).hexdigest()[:32] if author_id else "all"
    return f"passages/{cleaning_version}/{name}.parquet"


def reading_key(cleaning_version: str, article_sha256: str) -> str:
    """Return the key of the decision which passages of an article are left out."""
    return f"readings/{cleaning_version}/{article_sha256}.json"


def too_long_key(recipe_id: str) -> str:
    """Return the folder with a marker for each chunk that was too long for the recipe's model."""
    return f"too_long/{recipe_id}"


def identity_key(revision: str) -> str:
    """Return the key of identity pairs, by the hash of what they say."""
    return f"{IDENTITY}/{revision}.jsonl"


def route_key(route: str) -> str:
    """Return the key of the record of the run in which a route answered last."""
    return f"routes/{route}.json"


def evaluation_key(name: str) -> str:
    """Return the key of the word runs of the evaluation sets that hash to `name`."""
    return f"evaluation/{name}.parquet"


def verification_key(version: int) -> str:
    """Return the key of the record that a version was verified."""
    return f"verified/{version}.json"


def qualifications_key(judge_id: str) -> str:
    """Return the folder with what was measured of a judge, a file for each dataset version."""
    return f"{JUDGES}/{judge_id}"


def qualification_key(judge_id: str, version: int) -> str:
    """Return the key of what was measured of a judge on the controls of a dataset version."""
    return f"{qualifications_key(judge_id)}/version-{version}.json"


def controls_key(version: int, question: str) -> str:
    """Return the key of the controls that judges of a question are qualified on with a dataset version."""
    return f"{JUDGES}/controls/version-{version}-{question}.parquet"


def pushes_key(repo_id: str) -> str:
    """Return the folder with a record for each push of a version to a Hub repository."""
    return f"{PUSHES}/{repo_id}"


def push_key(repo_id: str, version: int) -> str:
    """Return the key of the record of one push."""
    return f"{pushes_key(repo_id)}/{version:08}.json"


def champions_key(repo_id: str) -> str:
    """Return the folder with the champions of a Hub repository, one after the other.

    The Hub knows no two repositories whose names differ in capitals alone.
    """
    return f"{CHAMPIONS}/{repo_id.lower()}"


def champion_key(repo_id: str, number: int) -> str:
    """Return the key of one move of the champion; moves count from 1, and the highest number counts."""
    return f"{champions_key(repo_id)}/{number:08}.json"


def champion_commit_key(repo_id: str, commit: str) -> str:
    """Return the key of the record whose model a commit of the Hub's branch of champions holds."""
    return f"{champions_key(repo_id)}/commits/{commit}.json"
