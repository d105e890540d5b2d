"""The assets that DAGs announce and wait for."""

from __future__ import annotations

from airflow.sdk import Asset

# The event's extra carries version, uri, digest, pairs, added and retired. A name and no URI of its own: for a URI
# Airflow would load every provider's handlers, boto3 among them, whenever a DAG file is read.
PREFERENCE_DATASET = Asset("preference_dataset")
