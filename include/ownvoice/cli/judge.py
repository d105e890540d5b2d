"""`ownvoice judge`: judges compare a trained model with others, or both sides of a version's pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from ownvoice.cli.judging import ask_judges, confirm_cost
from ownvoice.cli.options import JsonOption, LakeOption, MaxTokensOption, OfflineOption, VersionOption
from ownvoice.cli.output import print_result
from ownvoice.config.settings import load_settings
from ownvoice.errors import SettingsError
from ownvoice.evaluation.judges.comparisons import QUESTIONS
from ownvoice.evaluation.judges.estimate import estimate
from ownvoice.evaluation.judges.models import Compared, compare, compared_models, compared_version
from ownvoice.evaluation.judges.prompts import Question, prompt_of
from ownvoice.evaluation.judges.qualification.stored import Qualified, qualified
from ownvoice.reports.text.quality import judging_estimate_lines, quality_lines
from ownvoice.storage.lake import Lake


def command(
    model: Annotated[str | None, typer.Option("--model", help="A training run with a style report.")] = None,
    against: Annotated[
        list[str] | None, typer.Option(help="A subject of its style report to compare it with; repeatable. None: all.")
    ] = None,
    version: VersionOption = None,
    question: Annotated[Question | None, typer.Option(help="Ask about this alone; none: about both.")] = None,
    max_usd: Annotated[float | None, typer.Option("--max-usd", min=0, help="Most US dollars that it may cost.")] = None,
    max_tokens: MaxTokensOption = None,
    batch: Annotated[bool, typer.Option("--batch", help="Ask through the batch API: cheaper, up to a day.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask without a question about the cost.")] = False,
    offline: OfflineOption = False,
    lake: LakeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare by the judges that count and print the report, which is kept. Repeat it: nothing is asked twice."""
    settings = load_settings(lake=lake, max_tokens=max_tokens, max_cost_usd=max_usd, mode="batch" if batch else None)
    opened = Lake(settings.lake)
    compared = _compared(opened, model, version, against or ())
    questions: Sequence[Question] = (question,) if question else QUESTIONS
    panel = qualified(opened, settings.judges)
    judges = [one for one in panel.counting if prompt_of(one).question in questions]
    if judges and compared.items:
        found = estimate(judges, compared.items, settings.prices)
        confirm_cost(judging_estimate_lines(found, len(judges)), is_agreed=yes or offline)
    wanted = Qualified(judges, panel.left_out)
    report = ask_judges(opened, judges, settings, offline, lambda asking: compare(asking, compared, wanted, questions))
    print_result(quality_lines(report), report.model_dump(mode="json"), as_json)


def _compared(lake: Lake, model: str | None, version: int | None, against: Sequence[str]) -> Compared:
    if (model is None) == (version is None):
        raise SettingsError("name a training with --model, or a dataset version with --version: one of the two.")
    if against and model is None:
        raise SettingsError("--against names subjects of the style report of a model: name its training with --model.")
    return compared_models(lake, model, against) if model else compared_version(lake, version)
