"""The model card: computed from the run alone. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from ownvoice.evaluation.judges.quality_report import QualityReport
from ownvoice.evaluation.style_report import StyleReport
from ownvoice.publishing.local_chat import llama_cpp_command, ollama_command
from ownvoice.publishing.promotion import Outcome
from ownvoice.publishing.promotion_section import promotion_section
from ownvoice.publishing.provenance import Provenance, as_block
from ownvoice.publishing.quality_section import quality_section
from ownvoice.publishing.style_section import style_section
from ownvoice.storage.run_keys import RunKeys
from ownvoice.training.health.findings import Health
from ownvoice.training.metrics import labelled
from ownvoice.training.mixture.used import MixtureUsed
from ownvoice.training.result import TrainedResult
from ownvoice.training.results.curves import CURVES

_LAKE_BASE = "lake:"


def model_card(
    repo_id: str,
    record: Provenance,
    result: TrainedResult,
    health: Health,
    model_licence: str | None,
    style: StyleReport | None,
    outcome: Outcome | None = None,
    quality: QualityReport | None = None,
) -> str:
    """Return the README.md of the published model: origins, curves, findings, numbers, style and provenance record."""
    parts = [
        _front_matter(result.base.name, model_licence),
        f"# {repo_id.rpartition('/')[2]}",
        _summary(record),
        "## Made from",
        _table(_ingredients(record, result)),
        "## Try it",
        _try_it(repo_id, record),
        "## Curves",
        f"![Loss, rewards, margin, accuracy, gradient norm and learning rate by step]({CURVES})",
        f"## Health: {health.verdict}",
        "\n".join(_findings(health)),
        "## Numbers",
        _table(_numbers(result)),
        *style_section(style),
        *quality_section(quality),
        *promotion_section(outcome),
        "## Recipe",
        _table((name, f"`{value}`") for name, value in record.recipe.items()),
        "## The training rows",
        "With the lake that holds this dataset version, "
        "`ownvoice rows-of README.md` writes the exact rows that this record names, and refuses where their digest "
        "differs.",
        as_block(record),
    ]
    return "\n\n".join(parts) + "\n"


def _front_matter(base: str, model_licence: str | None) -> str:
    """Return what the Hub indexes; a licence or a base that is not known is left out, never guessed."""
    fields: dict[str, Any] = {
        "library_name": "transformers",
        "pipeline_tag": "text-generation",
        "tags": ["dpo", "trl", "ownvoice"],
    }
    if not base.startswith(_LAKE_BASE):
        fields["base_model"] = base
    if model_licence:
        fields["license"] = model_licence
    return f"---\n{yaml.safe_dump(fields, sort_keys=False)}---"


def _summary(record: Provenance) -> str:
    method = "KTO" if record.recipe.get("loss_type") == "kto" else "direct preference optimization"
    mixed = record.mixture.rows - record.rows.count if record.mixture else 0
    others = f" and on {mixed} rows of other sets, which no article proves" if mixed else ""
    return (
        f"`{record.base.name}`, trained by {method} on {record.rows.count} pairs of "
        f"version {record.dataset.version} of a preference dataset in which every chosen answer is an author's "
        f"own text, proved verbatim{others}. The weights are merged; the adapter stays with its maker."
    )


def _ingredients(record: Provenance, result: TrainedResult) -> Iterator[tuple[str, str]]:
    left_out = ", ".join(f"{count} {reason}" for reason, count in result.rows_left_out.train.items())
    yield "base", f"`{record.base.name}` at `{record.base.commit}`"
    yield "dataset version", f"{record.dataset.version}, digest `{record.dataset.digest}`"
    yield "pairs", f"{result.rows.train} to train on, {result.rows.test} to test with"
    yield "left out", left_out or "none"
    if record.mixture:
        yield from _sets(record.mixture)
    yield "run", f"`{record.run}`"
    yield "recipe", f"`{record.recipe_id}`"
    yield "image", f"`{record.image}`"
    yield "device", result.device


def _sets(mixture: MixtureUsed) -> Iterator[tuple[str, str]]:
    for part in mixture.parts:
        kind = f"{part.provenance_class}, licence {part.licence or 'as the dataset'}"
        yield f"rows of {part.set}", f"{part.rows} ({part.rows / mixture.rows:.0%}), {kind}, at `{part.revision}`"


def _try_it(repo_id: str, record: Provenance) -> str:
    template, tag = record.recipe["prompt_template"], RunKeys(record.run).name
    commands = {
        "In Ollama": ollama_command(repo_id, tag, template),
        "In a folder of [llama.cpp](https://github.com/ggml-org/llama.cpp)": llama_cpp_command(repo_id, tag, template),
    }
    return "\n\n".join(f"{where}:\n\n```sh\n{command}\n```" for where, command in commands.items())


def _findings(health: Health) -> Iterator[str]:
    yield "Curves and merge, read by the rules of `ownvoice.training.health`:\n"
    for finding in health.findings:
        yield f"- **{finding.level}** ({finding.rule}): {finding.reason}"
    if not health.findings:
        yield "- no rule found anything to say"


def _numbers(result: TrainedResult) -> Iterator[tuple[str, str]]:
    merge = result.merge
    yield "steps", str(result.steps)
    yield "first training loss", f"{result.first_loss:.4f}"
    for label, metric in labelled().items():
        if (value := result.test.get(metric.test_name)) is not None:
            yield f"test {label}", f"{value:.4f}"
    yield "merged weights", f"{merge.dtype}, {merge.kl_merged_nats:.1e} nats from the adapter model"
    least, usual = f"{merge.kept_least:.0%}", f"{merge.kept_median:.0%}"
    yield "change that rounding kept", f"{usual} in the median of all modules, {least} in the one with the least"
    yield "the base, for comparison", f"{merge.kl_base_nats:.1e} nats from the adapter model"


def _table(rows: Iterator[tuple[str, str]]) -> str:
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in rows)])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
