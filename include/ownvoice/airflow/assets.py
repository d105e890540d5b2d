"""The assets that DAGs announce and wait for."""

from __future__ import annotations

from airflow.sdk import Asset

# Each event carries version, uri, digest, pairs, added and retired in its extra field. The asset has a name and no URI:
# for a URI Airflow would load the handlers of every provider, boto3 among them, whenever a DAG file is read.
PREFERENCE_DATASET = Asset("preference_dataset")
