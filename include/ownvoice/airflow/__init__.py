"""The only room that imports Airflow: connections become plain arguments, task bodies become tasks."""
