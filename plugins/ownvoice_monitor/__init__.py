"""The Ownvoice pages inside the Airflow UI: routes that ask `ownvoice.reports` and render what it says."""
