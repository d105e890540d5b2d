"""The split: a side for each cluster of articles, decided once and for ever.

A cluster is an article and its duplicates; its key is the id of its first article. All of a cluster lies on one
side, so that no text stands on both. A random split of pairs instead leaks the article of every test pair.
"""

from __future__ import annotations

import hashlib


def side_of(cluster_key: str, test_share: float) -> str:
    """Return "train" or "test": the same key falls on the same side on every machine and in every year."""
    position = int(hashlib.sha256(cluster_key.encode()).hexdigest()[:8], 16) / 2**32
    return "test" if position < test_share else "train"
