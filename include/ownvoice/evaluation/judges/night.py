"""The last step before the commit of a refresh, once a batch: the judges of the recipe see its pairs.

Judges that are qualified when the run begins count in all of it, and no others are asked. Verdicts are recorded; what
they may do is drop pairs whose chosen answer the jury rates low, and choose among rejected draws
(docs/decisions/0051). A judgement that cannot be had leaves its pair as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pyarrow as pa

from ownvoice.answering.progress import OnProgress
from ownvoice.chunks.plan import read_plan
from ownvoice.config.judges import Judge
from ownvoice.config.run import Judging, RefreshRun, recorded_run
from ownvoice.errors import ModelAccessError, ModelUnavailableError
from ownvoice.evaluation.judges.ask import judge_items
from ownvoice.evaluation.judges.night_effects import judged, with_best_draws
from ownvoice.evaluation.judges.night_items import draw_items, is_absolute, items_of, shown_to, work_of
from ownvoice.evaluation.judges.qualification.stored import qualified
from ownvoice.evaluation.judges.table import record_judgements
from ownvoice.llm.endpoints import Endpoints
from ownvoice.llm.task_try import NO_TASK, TaskTry
from ownvoice.pairs.staging import UNJUDGED, Staged, StagedPair, read_staged, write_staged
from ownvoice.storage.lake import Lake
from ownvoice.storage.rows import JudgementRow
from ownvoice.storage.tables import JUDGEMENTS
from ownvoice.triples.spending import Purpose, share_of

_MOST_CALLS = 3  # to rate draws, to rate answers, to compare two


def with_judging(lake: Lake, run: RefreshRun) -> RefreshRun:
    """Return the run with the judges that count in it, of those that its recipe names: the qualified ones."""
    if not run.recipe.judges:
        return run
    counting, left_out = qualified(lake, run.recipe.judges)
    work = {judge.name: work_of(judge, run.recipe) for judge in counting}
    return run.model_copy(
        update={"judging": Judging(counting=work, left_out={judge.name: why for judge, why in left_out})}
    )


def counting_judges(run: RefreshRun) -> list[Judge]:
    """Return the judges that see the run's pairs."""
    return [judge for judge in run.recipe.judges if run.judging and judge.name in run.judging.counting]


def judge_batch(
    lake: Lake,
    run_id: str,
    batch: str,
    endpoints: Endpoints,
    on_progress: OnProgress | None = None,
    task_try: TaskTry = NO_TASK,
) -> dict[str, int]:
    """Stage the batch's pairs after its judges; return counts: pairs, those kept, judgements, invalid ones.

    Nothing where no judge counts, or the batch failed before. Raises what `ask` raises where the recipe makes pairs
    depend on ratings; the batch stays pending then. Where judges are only to be recorded, their pairs go on without.
    """
    run = recorded_run(lake, run_id)
    unjudged = read_staged(lake, run, batch, UNJUDGED) if run.is_judged else None
    if unjudged is None:
        return {}
    judge = partial(_asking(lake, run, batch, task_try), endpoints=endpoints, on_progress=on_progress)
    try:
        pairs, rows = _judgements(run, unjudged.pairs, judge)
    except (ModelUnavailableError, ModelAccessError) as error:
        if run.recipe.is_decided_by_judges:
            raise
        print(f"{batch} goes on without its judges: {error}")
        pairs, rows = unjudged.pairs, []
    staged = judged(Staged(pairs, unjudged.drops, unjudged.chunks), rows, run)
    record_judgements(lake, rows)
    lake.write_rows(run.keys.judged(batch), pa.Table.from_pylist(rows, schema=JUDGEMENTS))
    write_staged(lake, run, batch, staged)
    invalid = sum(row["winner"] is None and row["rating"] is None for row in rows)
    return {"pairs": len(pairs), "kept": len(staged.pairs), "judgements": len(rows), "invalid": invalid}


def _asking(lake: Lake, run: RefreshRun, batch: str, task_try: TaskTry) -> partial[list[JudgementRow]]:
    """Return `judge_items` within the batch's share, which its calls have together.

    In realtime each goes on where the one before stopped spending. Of batch jobs nobody knows what they cost before
    they end: there each call has a part of its own.
    """
    batches = read_plan(lake, run).batches
    share = share_of(run, batch, batches, Purpose.JUDGEMENTS)
    return partial(
        judge_items,
        lake,
        run.run_id,
        f"{batch}-{Purpose.JUDGEMENTS}",
        share=share / _MOST_CALLS if run.mode == "batch" else share,
        prices=run.prices,
        mode=run.mode,
        task_try=task_try,
        concurrent_tasks=min(run.max_active_generation_tasks, len(batches)),
    )


def _judgements(
    run: RefreshRun, pairs: list[StagedPair], judge: Callable[..., list[JudgementRow]]
) -> tuple[list[StagedPair], list[JudgementRow]]:
    """Return the pairs, each with the best of its draws where these are ranked, and all that was said of them."""
    panel, rows = counting_judges(run), list[JudgementRow]()
    raters = [one for one in panel if is_absolute(one)]
    if run.recipe.rejected_rank:
        rows = judge(panel=raters, items=draw_items(pairs))
        pairs = with_best_draws(pairs, rows, run)
    items = items_of(pairs)
    for alike in (raters, [one for one in panel if not is_absolute(one)]):
        rows += judge(panel=alike, items=shown_to(alike[0], items)) if alike else []
    return pairs, rows


def judgements_of_run(lake: Lake, run: RefreshRun) -> Iterator[Sequence[JudgementRow]]:
    """Yield what was judged in a run, a batch at a time, also where an earlier run had asked for it."""
    for batch in read_plan(lake, run).batches if run.is_judged else ():
        rows = lake.read_rows(run.keys.judged(batch), JUDGEMENTS)
        yield rows.to_pylist() if rows else []
