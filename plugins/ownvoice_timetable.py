"""Makes the timetable of `refresh_preferences` known to Airflow, which reads a DAG's timetable back by its name."""

from __future__ import annotations

from airflow.plugins_manager import AirflowPlugin

from ownvoice.airflow.timetable import PunctualCronTimetable


class OwnvoiceTimetablePlugin(AirflowPlugin):
    """Loaded by every process of Airflow."""

    name = "ownvoice_timetable"
    timetables = [PunctualCronTimetable]  # noqa: RUF012 - Airflow declares it so
