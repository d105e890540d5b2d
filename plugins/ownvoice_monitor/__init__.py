"""The Ownvoice pages inside the Airflow UI: routes that ask `ownvoice.monitoring` and render what it says."""
