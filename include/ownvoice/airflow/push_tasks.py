"""The task that pushes dataset versions to the Hub; it imports the step inside, as those of the refresh do."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ownvoice.airflow.connections import hub_token, open_lake
from ownvoice.config.settings import load_settings


def push_to_hub() -> dict[str, Any]:
    """Push the newest version to the Hub; skipped where no repository or token is given, or nothing is committed."""
    from airflow.sdk.exceptions import AirflowSkipException

    from ownvoice.dataset.hub import push
    from ownvoice.storage.hub import hub_client
    from ownvoice.storage.versions import latest_version

    target, token, lake = load_settings().hub_dataset, hub_token(), open_lake()
    if target is None:
        raise AirflowSkipException("OWNVOICE_HUB_DATASET_REPO names no repository: the dataset stays in the lake.")
    if token is None:
        raise AirflowSkipException("There is no token: fill the connection hugging_face, or set HF_TOKEN.")
    if latest_version(lake) is None:
        raise AirflowSkipException("There is no dataset version yet.")
    pushed = push.push_to_hub(lake, hub_client(token), target)
    print(f"version {pushed.version} is in {pushed.repo_id} at {pushed.revision}")
    return asdict(pushed)
