"""Judges between models: answers of a style report, or both sides of a version, compared by the judges that count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from ownvoice.config.judges import Judge
from ownvoice.errors import SettingsError
from ownvoice.evaluation.author_texts import author_texts
from ownvoice.evaluation.held_out import MAX_PROMPTS, pairs_asked, trained_pairs
from ownvoice.evaluation.judges.ask import judge_items
from ownvoice.evaluation.judges.comparisons import QUESTIONS, figures
from ownvoice.evaluation.judges.item import Item, Side, item_id_of
from ownvoice.evaluation.judges.prompts import Question, prompt_of
from ownvoice.evaluation.judges.qualification.qualify import Asking
from ownvoice.evaluation.judges.qualification.stored import Qualified
from ownvoice.evaluation.judges.quality_report import QualityReport, Without, digest_of, write_quality
from ownvoice.evaluation.judges.table import as_recorded, record_judgements
from ownvoice.evaluation.passages import passages_of
from ownvoice.evaluation.stored import read_style, read_style_answers
from ownvoice.evaluation.style_report import AUTHOR, CHOSEN, REJECTED, TRAINED, StyleAnswer
from ownvoice.storage.conditions import equals
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import JudgementRow

_PASSAGES, _PASSAGE_WORDS = 3, 60


@dataclass(frozen=True)
class Compared:
    """What is to be compared under a run: the items, and a digest of the answers in them."""

    run_id: str
    dataset_version: int
    answers_digest: str
    items: tuple[Item, ...]
    why_not: str | None = None


def compared_models(lake: Lake, run_id: str, against: Sequence[str] = ()) -> Compared:
    """Return the trained model's answers against those of each other model of its style report, or of `against`.

    Raises `SettingsError` for a subject that the report has no answers of. `why_not` says why nothing can be compared.
    """
    faults: list[str] = []
    report = read_style(lake, run_id, faults)
    if report is None or not report.judged:
        make = f"there is no style report of run {run_id}: `ownvoice style --model {run_id}` makes it."
        why_not = (report.why_not if report else next(iter(faults), None)) or make
        return Compared(run_id, report.dataset_version if report else 0, "", (), why_not)
    answers = read_style_answers(lake, run_id)
    by_subject: dict[str, dict[str, StyleAnswer]] = defaultdict(dict)
    for one in answers:
        by_subject[one.subject][one.prompt_id] = one
    others = list(dict.fromkeys(against)) or [name for name in by_subject if name not in (TRAINED, AUTHOR)]
    if unknown := [name for name in others if name not in by_subject or name == TRAINED]:
        raise SettingsError(
            f"the style report of run {run_id} has no answers of {', '.join(unknown)} to compare with. It has: "
            f"{', '.join(name for name in by_subject if name != TRAINED)}."
        )
    shown = _passages(lake, report.dataset_version, list(by_subject[TRAINED]))
    items = tuple(
        _item(one, by_subject[other][name], by_subject[AUTHOR].get(name), report.dataset_version, shown)
        for other in others
        for name, one in by_subject[TRAINED].items()
        if name in by_subject[other]
    )
    return Compared(run_id, report.dataset_version, digest_of(answers), items)


def _item(
    left: StyleAnswer, right: StyleAnswer, author: StyleAnswer | None, version: int, shown: tuple[str, ...]
) -> Item:
    return Item(
        item_id_of("models", left.prompt_id, left.subject, left.text, right.subject, right.text),
        left.prompt,
        Side(left.subject, left.text),
        Side(right.subject, right.text),
        version,
        prompt_id=left.prompt_id,
        article_id=left.article_id,
        ground_truth=author.text if author and right.subject != AUTHOR else "",
        passages=shown,
    )


def compared_version(lake: Lake, version: int | None = None) -> Compared:
    """Return chosen against rejected answers of a version, at most 200 pairs spread over articles."""
    found = trained_pairs(lake, version)
    pairs = list(islice(found.pairs, MAX_PROMPTS))
    shown = _passages(lake, found.version.number, [pair.pair_id for pair in pairs])
    items = tuple(
        Item(
            item_id_of("version", pair.pair_id, pair.chosen, pair.rejected),
            pair.prompt,
            Side(CHOSEN, pair.chosen),
            Side(REJECTED, pair.rejected),
            found.version.number,
            pair_id=pair.pair_id,
            prompt_id=pair.pair_id,
            article_id=pair.article_id,
            passages=shown,
        )
        for pair in pairs
    )
    return Compared(f"judge-version-{found.version.number}", found.version.number, "", items)


def _passages(lake: Lake, version: int, pair_ids: Sequence[str]) -> tuple[str, ...]:
    """Return three training passages of the author of these pairs, for judges of voice."""
    found = pairs_asked(lake, version, pair_ids)
    if found.author_id is None:
        return ()
    texts = author_texts(lake, found.version, found.author_id).training
    cut = (next(iter(passages_of(text, _PASSAGE_WORDS)), None) for _, text in sorted(texts.items()))
    return tuple(islice((one for one in cut if one), _PASSAGES))


def compare(
    asking: Asking, compared: Compared, panel: Qualified, questions: Sequence[Question] = QUESTIONS
) -> QualityReport:
    """Have the judges that count compare the items; write the report and return it. Repeated, nothing is asked twice.

    A report that is not finished is written first, so that a judging that broke off is known as one. Raises what
    `judge_items` raises.
    """
    judges = [
        one for one in panel.counting if prompt_of(one).question in questions and prompt_of(one).form == "pairwise"
    ]
    rating = [one for one in panel.counting if prompt_of(one).form == "absolute"]
    left_out = (
        *(Without(judge=one.judge.name, why=one.why) for one in panel.left_out),
        *(
            Without(judge=one.name, why="it rates one answer alone, and models are compared in pairs.")
            for one in rating
        ),
    )
    report = QualityReport(
        run_id=compared.run_id,
        dataset_version=compared.dataset_version,
        answers_digest=compared.answers_digest,
        left_out=left_out,
        why_not=compared.why_not or _no_judges(judges),
    )
    if not report.why_not:
        unfinished = "the judges did not answer to the end: `ownvoice judge` goes on, and asks nothing twice."
        write_quality(asking.lake, report.model_copy(update={"is_finished": False, "why_not": unfinished}))
        report = report.model_copy(update=figures(compared.items, _asked(asking, compared, judges)))
    write_quality(asking.lake, report)
    return report


def _asked(asking: Asking, compared: Compared, judges: Sequence[Judge]) -> list[JudgementRow]:
    rows = judge_items(
        asking.lake,
        compared.run_id,
        "quality",
        judges,
        compared.items,
        asking.endpoints,
        share=asking.share,
        prices=asking.prices,
        mode=asking.mode,
        on_progress=asking.on_progress,
    )
    record_judgements(asking.lake, rows)
    return as_recorded(asking.lake, rows, equals(run_id=compared.run_id))


def _no_judges(judges: Sequence[object]) -> str | None:
    if judges:
        return None
    return (
        "no judge that counts compares answers in pairs: name judges in OWNVOICE_JUDGES and run `ownvoice judges "
        "qualify`."
    )
