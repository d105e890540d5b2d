"""The stages of a training run, from its recipe to the merged and checked model.

Each stage uploads what it made before the next one starts, so that no later fault can lose it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from statistics import median
from typing import Any

from ownvoice.answering.model_name import ModelName
from ownvoice.training.health.evidence import AnswerLengths, Merge
from ownvoice.training.health.judge import judge
from ownvoice.training.recipe_checks import refuse_what_cannot_work
from ownvoice.training.result import BaseUsed, BySplit, DatasetUsed, Sample
from ownvoice.training.subset import subset_of
from ownvoice.training.trainer.backends.choose import backend_of
from ownvoice.training.trainer.base import Base, fetch_base
from ownvoice.training.trainer.checkpoints import Identity
from ownvoice.training.trainer.fit import fit
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.formatted import SIDES, Formatted, format_pairs
from ownvoice.training.trainer.left_out import counted, refuse_what_is_left
from ownvoice.training.trainer.machine import hide_progress_bars, image_id
from ownvoice.training.trainer.merge import merge_in_new_process
from ownvoice.training.trainer.merge_check import check_in_new_process
from ownvoice.training.trainer.offline import go_offline
from ownvoice.training.trainer.samples import answer_questions
from ownvoice.training.trainer.special_tokens import refuse_wrong_end
from ownvoice.training.trainer.work import Work
from ownvoice.training.version_pairs import Pairs, read_pairs

_CHECK_TEXTS = 8


def train(work: Work) -> None:
    """Run all stages and fill the result. Raises an `OwnvoiceError` if a stage fails.

    Of several processes the first one fetches the base for all, and goes on alone after the training.
    """
    online = go_offline(work.recipe.tracker)
    backend = backend_of(work.recipe)
    backend.prepare(work.recipe, work.scratch)
    hide_progress_bars()
    with work.stage("read"):
        pairs = _read(work)
        base = work.place.from_first(lambda: _base(work, online))
    work.result.base = BaseUsed(name=base.name, commit=base.commit)
    with work.stage("tokenise"):
        rows = _format(work, pairs, base)
    with work.stage("load"):
        loaded = backend.load(base.folder, work.recipe)
    identity = Identity(work.recipe.recipe_id, pairs.version.digest, base.commit, image_id())
    trainer = fit(work, loaded, base, rows, identity)
    if work.place.is_first:
        backend.for_inference(trainer.model)
        answers = _answer(work, trainer)
        _merge(work, base, rows["test"], answers)


def _read(work: Work) -> Pairs:
    """Read the version, verify its digest, and check the recipe against its size before anything large is fetched."""
    pairs = read_pairs(work.lake, work.run.dataset_version)
    work.result.dataset = DatasetUsed(version=pairs.version.number, digest=pairs.version.digest)
    work.record.say(
        f"dataset: version {pairs.version.number} of {work.lake.uri}, {len(pairs.train)} train and "
        f"{len(pairs.test)} test pairs, digest {pairs.version.digest[:12]} verified"
    )
    if work.recipe.subset_pairs is not None:
        pairs = replace(pairs, train=subset_of(pairs.train, work.recipe))
        work.record.say(f"subset: {len(pairs.train)} train pairs, by whole articles in an order drawn by the seed")
    refuse_what_cannot_work(work.recipe, len(pairs.train), gpu_count=work.run.gpu_count)
    return pairs


def _base(work: Work, online: Mapping[str, str]) -> Base:
    folder = work.scratch / "base"
    name = ModelName.of_base(work.recipe.base_model, work.recipe.base_revision)
    base = patiently(lambda: fetch_base(work.lake, name, folder, online), work.record.say)
    work.record.say(f"base: {base.name} at {base.commit}")
    return base


def _format(work: Work, pairs: Pairs, base: Base) -> dict[str, Formatted]:
    """Format both splits with the base's tokenizer, and refuse what cannot be trained, before any weight is loaded."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base.folder)
    refuse_wrong_end(base.folder, tokenizer, base.name)
    splits = {"train": pairs.train, "test": pairs.test}
    rows = {name: format_pairs(split, tokenizer, work.recipe) for name, split in splits.items()}
    train, test = rows["train"], rows["test"]
    work.result.rows = BySplit(train=len(train.rows), test=len(test.rows))
    work.result.rows_left_out = BySplit(train=dict(train.left_out), test=dict(test.left_out))
    work.result.left_out_pair_ids = BySplit(train=train.left_out_pair_ids, test=test.left_out_pair_ids)
    for name, split in rows.items():
        work.record.say(f"{name}: {len(split.rows)} pairs; left out: {counted(split.left_out)}")
    refuse_what_is_left(rows, work.recipe)
    work.result.answer_lengths = AnswerLengths(**{side: median(train.answer_tokens[side]) for side in SIDES})
    return rows


def _answer(work: Work, trainer: Any) -> list[Sample]:
    """Answer the fixed questions by the base and by the trained model."""
    with work.stage("samples"):
        answers = answer_questions(trainer.model, trainer.processing_class, work.recipe)
    patiently(lambda: work.lake.write_json(work.run.keys.samples, [asdict(one) for one in answers]), work.record.say)
    work.record.say(f"samples: {len(answers)} fixed questions answered by the base and by the trained model")
    return answers


def _merge(work: Work, base: Base, test: Formatted, answers: list[Sample]) -> None:
    adapter, merged, dtype = work.scratch / "adapter", work.scratch / "merged", work.recipe.merge_dtype
    texts = [row["prompt"] + row["chosen"] for row in test.rows[:_CHECK_TEXTS]]
    with work.stage("merge"):
        merge_in_new_process(base.folder, adapter, merged, dtype)
    with work.stage("merge_check"):
        numbers = check_in_new_process(base.folder, adapter, merged, texts, work.scratch, dtype)
    merge = work.result.merge = Merge(dtype=dtype, **numbers)
    work.record.say(
        f"merged to {dtype}: {merge.kl_merged_nats:.1e} nats from the adapter model; the base is "
        f"{merge.kl_base_nats:.1e} away; {merge.kept_least:.0%} of the change kept where it is least"
    )
    work.result.health = judge(
        work.record.metrics,
        merge,
        work.result.answer_lengths,
        [(one.base, one.trained) for one in answers],
        recipe=work.recipe,
    )
    work.keep_folder("merged")
