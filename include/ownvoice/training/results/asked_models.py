"""Which models a name stands for: a training run for its base and what it made of it, any other for itself."""

from __future__ import annotations

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import SettingsError
from ownvoice.storage.lake import Lake
from ownvoice.training.ask_request import AskedModel, Template
from ownvoice.training.lake_base import lake_base_fault
from ownvoice.training.results.training import read_training, trained

_KINDS = ("lake:", "hub:")
_RUN = "run:"


def asked_models(lake: Lake, name: str, template: Template | None = None) -> list[AskedModel]:
    """Return the models that `name` stands for: a run, `run:RUN`, `lake:KEY`, `hub:ID` or an id on the Hub.

    Those of a run have the template that it was trained in, unless one is given. Raises `SettingsError` where it names
    nothing, and `StorageError` where a run left no model, or the lake holds it no more.
    """
    run_id = name.removeprefix(_RUN)
    if name.startswith(_RUN) or read_training(lake, run_id) is not None:
        return _of_run(lake, run_id, template)
    if not name.startswith(_KINDS) and "/" not in name:
        raise SettingsError(
            f"{lake.uri} has no training {name!r}. Name a run, lake:KEY for a folder of the lake, or OWNER/NAME for a "
            "model of the Hub; `ownvoice lineage --version N` lists the runs of a version."
        )
    model = ModelName.parse(name if name.startswith(_KINDS) else f"hub:{name}")
    if model.kind == "lake" and (fault := lake_base_fault(lake, model.place)):
        raise SettingsError(fault)
    return [AskedModel(label=str(model), name=str(model), template=template)]


def _of_run(lake: Lake, run_id: str, template: Template | None) -> list[AskedModel]:
    _, run, result = trained(lake, run_id)
    recipe, commit = run.recipe, result.base.commit
    base = ModelName.of_base(recipe.base_model, recipe.base_revision if commit.startswith("sha256:") else commit)
    made = ModelName.parse(f"run:{run_id}")
    for model in (base, made):
        if model.kind == "lake" and (fault := lake_base_fault(lake, model.place)):
            raise SettingsError(fault)
    return [
        AskedModel(label=f"base: {base}", name=str(base), template=template or recipe.prompt_template),
        AskedModel(label=f"trained: {run_id}", name=str(made), template=template or recipe.prompt_template),
    ]
