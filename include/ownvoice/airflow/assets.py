"""The assets that DAGs announce and wait for."""

from __future__ import annotations

from airflow.sdk import Asset

# The event's extra carries version, uri, digest, pairs, added and retired.
PREFERENCE_DATASET = Asset(name="preference_dataset", uri="ownvoice://preference_dataset")
