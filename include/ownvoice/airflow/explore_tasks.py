"""The task that explores dataset versions; it imports the step inside, as those of the refresh do."""

from __future__ import annotations

from ownvoice.airflow.connections import open_lake


def explore_newest() -> dict[str, int]:
    """Explore the newest version and print what was found; skipped where nothing is committed."""
    from airflow.sdk.exceptions import AirflowSkipException

    from ownvoice.exploration.explore import explored
    from ownvoice.reports.text.exploration import exploration_lines
    from ownvoice.storage.versions import latest_version

    lake = open_lake()
    version = latest_version(lake)
    if version is None:
        raise AirflowSkipException("There is no dataset version yet.")
    found = explored(lake, version, print)
    print("\n".join(exploration_lines(found)))
    return {"version": found.version, "articles": found.articles, "topics": len(found.topics)}
