"""What the files of docker/ are held against: the repository, Airflow's own options, and Ownvoice's own settings."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from airflow.configuration import conf

from ownvoice.config.settings import Settings
from ownvoice.training.settings import TrainingSettings

ROOT = Path(__file__).parents[2]


def airflow_option_problems(variables: Iterable[str]) -> list[str]:
    """Return the variables `AIRFLOW__SECTION__OPTION[_CMD|_SECRET]` that are no option of the installed Airflow."""
    return [one for one in variables if one.startswith("AIRFLOW__") and not _is_option(one)]


def _is_option(variable: str) -> bool:
    section, _, option = variable.removeprefix("AIRFLOW__").lower().partition("__")
    options = conf.configuration_description.get(section, {}).get("options", {})
    names = {option, option.removesuffix("_cmd"), option.removesuffix("_secret")}
    return not names.isdisjoint(options)


def ownvoice_setting_problems(variables: Iterable[str]) -> list[str]:
    """Return the variables `OWNVOICE_` that are no setting, a field of the recipe or the source included."""
    return [one for one in variables if one.startswith("OWNVOICE_") and not _is_setting(one)]


def _is_setting(variable: str) -> bool:
    of_training = variable.startswith("OWNVOICE_TRAINER_")
    prefix = "OWNVOICE_TRAINER_" if of_training else "OWNVOICE_"
    fields = (TrainingSettings if of_training else Settings).model_fields
    name, _, nested = variable.removeprefix(prefix).lower().partition("__")
    field = fields.get(name)
    return field is not None and (not nested or nested in getattr(field.annotation, "model_fields", {}))


def made_secrets(folder: Path) -> dict[str, str]:
    """Run docker/make_secrets.py on `folder`, as `make compose-secrets` does; return each file's text by its name."""
    subprocess.run([sys.executable, ROOT / "docker" / "make_secrets.py", folder], check=True, capture_output=True)
    return {path.name: path.read_text() for path in folder.iterdir()}
