"""The settings of an installation for training: where models are trained, and within which limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableSettingError

from ownvoice.config.misspelt import refuse_misspelt
from ownvoice.config.problems import settings_error
from ownvoice.errors import SettingsError
from ownvoice.training.pod_values import Environment, ObjectName, PodAnnotations, PodLabels
from ownvoice.training.recipe import TrainingRecipe


def _default_python() -> str:
    return str(Path.cwd() / ".venv-trainer" / "bin" / "python")


Place = Literal["process", "pod", "elsewhere"]


class TrainingSettings(BaseSettings):
    """Every name is read from the environment with the prefix `OWNVOICE_TRAINER_`; maps and lists are written as JSON.

    Fields of the recipe are reached with two underscores: `OWNVOICE_TRAINER_RECIPE__BETA`.
    Keys are no settings: a pod gets them from Kubernetes Secrets that are named here, a process from Airflow
    connections or the usual variables, and a trainer elsewhere from whoever starts it.
    """

    model_config = SettingsConfigDict(
        env_prefix="OWNVOICE_TRAINER_", env_nested_delimiter="__", env_ignore_empty=True, extra="forbid", frozen=True
    )

    recipe: TrainingRecipe = Field(TrainingRecipe(), description="The training recipe that the form starts from.")

    where: Place | None = Field(
        None,
        description="Where models are trained: `process` (of this machine), `pod`, or `elsewhere`, by a command that a "
        "person copies to any machine with a GPU; empty: a pod where a cluster is set, else a process.",
    )

    # When, and for how much
    after_new_pairs: int | None = Field(
        None, ge=1, description="Train by itself once so many pairs were added since the last model; empty: by hand."
    )
    gpu_usd_per_hour: float = Field(0, ge=0, description="Price of the machine with all its GPUs; 0: no cost is shown.")
    expected_tokens_per_s: float = Field(
        5000, gt=0, description="Speed of one GPU that the estimate before a run assumes."
    )
    approve_above_usd: float = Field(10, ge=0, description="A run by hand that may cost more waits for an approval.")
    deadline_s: int = Field(80_000, ge=60, le=86_000, description="Longest training, in seconds; then it is stopped.")

    style_prompts: int = Field(
        200,
        ge=0,
        le=1000,
        description="Held-out prompts that the base and the trained model answer for the style report, at least 50; 0: "
        "no style report is made, and no trained model is promoted by one.",
    )

    # As a process
    python: str = Field(default_factory=_default_python, description="Python of the trainer's own environment.")

    # As a pod
    kubernetes_conn_id: str | None = Field(None, description="Airflow connection of the cluster; empty: no cluster.")
    namespace: str = Field("default", min_length=1, description="Namespace of the pods.")
    image: str | None = Field(None, description="The trainer image, best with its digest.")
    gpu_count: int = Field(
        1, ge=1, le=8, description="GPUs of the machine that one training shares; more than 1 needs the trl backend."
    )
    gpu_product: str | None = Field(None, description="Label `nvidia.com/gpu.product` that the node must have.")
    cpu: str = Field("8", description="CPUs that the pod asks for.")
    memory: str = Field("64Gi", description="Memory that the pod asks for, which is also its limit.")
    scratch: str = Field("120Gi", description="Disk for the base, checkpoints and the merged model.")
    shared_memory: str = Field("8Gi", description="Size of /dev/shm; counts as memory.")
    node_selector: dict[str, str] = Field({}, description="Further labels that the node must have.")
    tolerations: list[dict[str, Any]] = Field(
        [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
        description="Taints that the pod may ignore, as in a manifest (`tolerationSeconds` too).",
    )
    affinity: dict[str, Any] = Field({}, description="Affinity of the training pod, as in a manifest.")
    runtime_class: ObjectName | None = Field(None, description="RuntimeClass of the training pod (`nvidia`).")
    priority_class: ObjectName | None = Field(None, description="PriorityClass of the training pod.")
    service_account: ObjectName | None = Field(None, description="Service account of the pods; empty: the default one.")
    labels: PodLabels = Field({}, description="Further labels of the pods, such as the queue of Kueue.")
    annotations: PodAnnotations = Field({}, description="Annotations of the pods.")
    environment: Environment = Field({}, description="Further variables of the pods; keys come from Secrets instead.")
    base_cache_claim: ObjectName | None = Field(
        None, description="PersistentVolumeClaim that keeps bases of the Hub between trainings; empty: none is kept."
    )
    base_cache_read_only: bool = Field(False, description="Whether bases are only read from it, never added.")
    image_pull_secrets: list[str] = Field([], description="Kubernetes Secrets with which the image is pulled.")
    train_secrets: list[str] = Field(
        [], description="Kubernetes Secrets whose keys become variables of the training pod (AWS_*, HF_TOKEN, COMET_*)."
    )
    publish_secrets: list[str] = Field([], description="The same for the pod that publishes; there HF_TOKEN may write.")
    capacity_timeout_s: int = Field(
        3600, ge=60, description="Seconds to wait for a node with room for the pod; then the task fails for good."
    )
    startup_timeout_s: int = Field(
        3600, ge=60, description="Seconds for image and volumes once the pod has a node; then the task fails for good."
    )

    # The published model
    hub_private: bool = Field(True, description="Whether a repository that is made is private.")
    model_licence: str | None = Field(None, description="Licence that the card names; it follows from the base's.")

    @property
    def place(self) -> Place:
        """Where models are trained."""
        return self.where or ("pod" if self.kubernetes_conn_id else "process")

    @property
    def trainings_at_once(self) -> int | None:
        """How many recipes of a run are trained at the same time: one on one GPU; elsewhere, a machine for each."""
        return None if self.place == "elsewhere" else 1

    @field_validator("style_prompts")
    @classmethod
    def _are_enough_to_judge(cls, value: int) -> int:
        if 0 < value < 50:
            raise ValueError("a voice is judged from 50 prompts on; 0 makes no style report")
        return value

    @model_validator(mode="after")
    def _a_pod_needs_a_cluster_and_an_image(self) -> Self:
        if self.where == "pod" and not self.kubernetes_conn_id:
            raise ValueError("where is pod and no cluster is set: set OWNVOICE_TRAINER_KUBERNETES_CONN_ID")
        if self.place == "pod" and not self.image:
            raise ValueError("a cluster is set and no image: set OWNVOICE_TRAINER_IMAGE to the trainer image")
        return self


def load_training_settings(**overrides: Any) -> TrainingSettings:
    """Read the settings. Raises `SettingsError` that names every problem at once."""
    refuse_misspelt("OWNVOICE_TRAINER_", TrainingSettings.model_fields)
    try:
        return TrainingSettings(**overrides)
    except ValidationError as error:
        raise settings_error(error, "OWNVOICE_TRAINER_") from None
    except UnreadableSettingError as error:
        raise SettingsError(f"OWNVOICE_TRAINER_: {error}; write maps and lists as JSON.") from None
