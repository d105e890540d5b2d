"""Write docs/settings.md and .env.example: every setting with its default and meaning, from the models that read them.

Run as: make docs
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.config.recipe import GenerationRecipe
from ownvoice.config.settings import Settings
from ownvoice.config.source_rules import SourceRules
from ownvoice.llm.endpoint_address import EXTRAS
from ownvoice.training.settings import TrainingSettings

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "settings.md"
EXAMPLE = REPOSITORY / ".env.example"

EVERYDAY = (
    "OWNVOICE_ARTICLES",
    "OWNVOICE_LAKE",
    "OWNVOICE_SOURCE__AUTHORS",
    "OWNVOICE_RECIPE__MODEL",
    "OWNVOICE_MODE",
    "OWNVOICE_MAX_TOKENS",
    "OWNVOICE_MAX_COST_USD",
    "OWNVOICE_PRICES",
    "OWNVOICE_NOTIFIERS",
    "OWNVOICE_HUB_DATASET_REPO",
    "OWNVOICE_TRAINER_AFTER_NEW_PAIRS",
    "OWNVOICE_TRAINER_KUBERNETES_CONN_ID",
    "OWNVOICE_TRAINER_IMAGE",
)

_SECTIONS = {
    "settings": ("OWNVOICE_", Settings),
    "source": ("OWNVOICE_SOURCE__", SourceRules),
    "feedback": ("OWNVOICE_FEEDBACK_RULES__", FeedbackRules),
    "recipe": ("OWNVOICE_RECIPE__", GenerationRecipe),
    "training": ("OWNVOICE_TRAINER_", TrainingSettings),
}
# Fields that are sections of their own; that of the training recipe is in docs/dags.md.
_NESTED = ("recipe", "source", "feedback_rules")

# Defaults that depend on the folder in which Airflow or the command was started.
_COMPUTED = {
    "OWNVOICE_LAKE": "file:///absolute/folder/.ownvoice/lake",
    "OWNVOICE_TRAINER_PYTHON": "/absolute/folder/.venv-trainer/bin/python",
}

_PAGE = """\
<!-- Written by docs/write_settings.py from the fields of the settings: change those, then run `make docs`. -->
# Settings

Each is an environment variable, has a default and is checked at start; one message names every value that is refused.
Maps and lists are JSON. [.env.example](../.env.example) has the same settings as a file to copy. Keys are no settings:
they come from Airflow connections or from the usual variables, which that file names too.

Fields of the training recipe are set with `OWNVOICE_TRAINER_RECIPE__<NAME>`; [dags.md](dags.md) lists them.

## Endpoints

An endpoint is the Airflow connection that the recipe names (`llm_api`, unless it says another): the password is the
key, the host the base URL. Without a connection the variables hold; those of another endpoint begin with its name, as
in `LLM_SFT_API_KEY`. What else it may need:

{endpoints}

The model of the recipe is the name of the deployment where an Azure resource (`https://NAME.openai.azure.com`) has an
`api_version`; an address that ends in `/openai/v1` needs none, and is asked like OpenAI. The values of headers whose
name says auth, key, token, secret, password, credential, cookie or signature are masked, as the key is, in all that is
shown and stored. Proxies are those of `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`; a response is read up to 4 MiB.

## Everyday

{everyday}

## Advanced

{advanced}
"""

_EXAMPLE = """\
# Every setting, with its default; `make demo` needs none of them. Copy this file to .env, uncomment what you change,
# and let a shell read it (set -a; . ./.env; set +a) or a container (docker run --env-file .env).
# Written by docs/write_settings.py from the fields of the settings: change those, then run `make docs`.

{settings}

# -- How the source is read; docs/sources.md shows every format.

{source}

# -- What readers said of answers, and who agreed to it; docs/feedback.md.

{feedback}

# -- The generation recipe that a refresh starts from; the trigger form starts with these values.

{recipe}

# -- Training. With OWNVOICE_TRAINER_KUBERNETES_CONN_ID the trainer is a pod; without, a process of this machine.
# Fields of the training recipe are reached with two underscores: OWNVOICE_TRAINER_RECIPE__BETA.

{training}

# -- The model. These hold where there is no Airflow connection llm_api (password = key, host = base URL).
# Without a base URL it is OpenAI's own.
# OPENAI_API_KEY=
# OPENAI_BASE_URL=
{endpoint_variables}
# Another endpoint of the recipe (`endpoint`: llm_sft, say) is the connection of that name, or in a shell
# LLM_SFT_API_KEY and LLM_SFT_BASE_URL.

# -- The stores. These hold where there are no Airflow connections aws_articles and aws_lake; boto3 also knows
# profile files and the roles of a machine. The endpoint is for stores other than Amazon's.
# AWS_ACCESS_KEY_ID=
# AWS_SECRET_ACCESS_KEY=
# AWS_SESSION_TOKEN=
# AWS_PROFILE=
# AWS_REGION=
# AWS_ENDPOINT_URL_S3=
"""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable; `default` is what one writes there to get the default, empty where it is unset."""

    name: str
    default: str
    meaning: str


def sections() -> dict[str, list[Setting]]:
    """Return the settings of each section, those of every day first, else in the order of the models' fields."""
    return {
        section: sorted(_settings_of(model, prefix), key=lambda one: one.name not in EVERYDAY)
        for section, (prefix, model) in _SECTIONS.items()
    }


def page() -> str:
    """Return docs/settings.md."""
    by_name = {one.name: one for settings in sections().values() for one in settings}
    everyday = [by_name.pop(name) for name in EVERYDAY]
    return _PAGE.format(everyday=_table(everyday), advanced=_table(by_name.values()), endpoints=_endpoint_table())


def example() -> str:
    """Return .env.example."""
    commented = {name: "\n\n".join(map(_commented, found)) for name, found in sections().items()}
    variables = "\n".join(f"# OPENAI_{suffix}=" for suffix, _ in EXTRAS.values())
    return _EXAMPLE.format(**commented, endpoint_variables=variables)


def _settings_of(model: type[BaseModel], prefix: str) -> Iterator[Setting]:
    for field_name, field in model.model_fields.items():
        if field_name not in _NESTED:
            name = prefix + field_name.upper()
            yield Setting(name, _default(name, field), field.description or "")


def _default(name: str, field: FieldInfo) -> str:
    value = _COMPUTED.get(name, field.default)
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _table(settings: Iterable[Setting]) -> str:
    return "\n".join(["| setting | default | meaning |", "|---|---|---|", *map(_row, settings)])


def _endpoint_table() -> str:
    rows = (f"| `{name}` | `OPENAI_{suffix}` | {meaning} |" for name, (suffix, meaning) in EXTRAS.items())
    return "\n".join(["| extra field | variable | meaning |", "|---|---|---|", *rows])


def _row(one: Setting) -> str:
    default = f"`{one.default}`" if one.default else "(empty)"
    return f"| `{one.name}` | {default} | {one.meaning} |"


def _commented(one: Setting) -> str:
    return "\n".join(_comment_lines(one))


def _comment_lines(one: Setting) -> Iterator[str]:
    yield f"# {one.meaning}"
    if one.name in _COMPUTED:
        yield "# The default is below the folder in which Airflow or the command was started."
    yield f"# {one.name}={one.default}"


if __name__ == "__main__":
    for path, text in ((PAGE, page()), (EXAMPLE, example())):
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path.relative_to(REPOSITORY)}")
