"""The stages of a training run, from its recipe to the merged and checked model.

Each stage uploads what it made before the next one starts, so that no later fault can lose it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from statistics import median
from typing import Any

from ownvoice.answering.model_name import ModelName
from ownvoice.errors import SettingsError
from ownvoice.training.health.evidence import AnswerLengths, Merge
from ownvoice.training.health.judge import judge
from ownvoice.training.mixture.resolve import resolve
from ownvoice.training.mixture.used import mixture_lines, parts_of
from ownvoice.training.recipe_checks import refuse_what_cannot_work
from ownvoice.training.result import BaseUsed, BySplit, DatasetUsed, Sample
from ownvoice.training.subset import subset_of
from ownvoice.training.trainer.backends.choose import backend_of
from ownvoice.training.trainer.base import Base, fetch_base
from ownvoice.training.trainer.checkpoints import Identity
from ownvoice.training.trainer.fit import fit
from ownvoice.training.trainer.folders import patiently
from ownvoice.training.trainer.formatted import SIDES, Example, Formatted, answers_of, format_pairs
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

Splits = Mapping[str, Sequence[Example]]


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
        mixed = _mixed(work, pairs)
        base = work.place.from_first(lambda: _base(work, online))
    work.result.base = BaseUsed(name=base.name, commit=base.commit)
    with work.stage("tokenise"):
        rows = _format(work, mixed, base)
    with work.stage("load"):
        loaded = backend.load(base.folder, work.recipe)
    identity = Identity(work.recipe.recipe_id, _digest(work, pairs), base.commit, image_id())
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
    return pairs


def _mixed(work: Work, pairs: Pairs) -> Splits:
    """Add what the mixture of the run has drawn to the train split; the test split stays that of the own articles."""
    train: Sequence[Example] = pairs.train
    if used := work.run.mixture:
        found = resolve(work.lake, work.run.keys.mixture, used)
        train = [*(pair for pair in pairs.train if pair.pair_id in found.own_ids), *found.imported]
        work.listed = found.listed
        for line in mixture_lines(used.by_set(), used.by_class(), used.left_out):
            work.record.say(line)
    elif work.recipe.mixture:
        raise SettingsError("the recipe has a mixture and its run no list of rows. Plan the training again.")
    examples = sum(answers_of(one) for one in train) if work.recipe.learns_from_single_answers else len(train)
    refuse_what_cannot_work(work.recipe, examples, gpu_count=work.run.gpu_count)
    return {"train": train, "test": pairs.test}


def _digest(work: Work, pairs: Pairs) -> str:
    """Return what a checkpoint must have been trained on: the digest of the version, and that of the list of rows."""
    used = work.run.mixture
    return f"{pairs.version.digest} {used.digest}" if used else pairs.version.digest


def _base(work: Work, online: Mapping[str, str]) -> Base:
    folder = work.scratch / "base"
    name = ModelName.of_base(work.recipe.base_model, work.recipe.base_revision)
    base = patiently(lambda: fetch_base(work.lake, name, folder, online), work.record.say)
    work.record.say(f"base: {base.name} at {base.commit}")
    return base


def _format(work: Work, splits: Splits, base: Base) -> dict[str, Formatted]:
    """Format both splits with the base's tokenizer, and refuse what cannot be trained, before any weight is loaded."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base.folder)
    refuse_wrong_end(base.folder, tokenizer, base.name)
    rows = {name: format_pairs(split, tokenizer, work.recipe) for name, split in splits.items()}
    train, test = rows["train"], rows["test"]
    work.result.rows = BySplit(train=train.kept, test=test.kept)
    work.result.rows_left_out = BySplit(train=dict(train.left_out), test=dict(test.left_out))
    work.result.left_out_pair_ids = BySplit(train=train.left_out_pair_ids, test=test.left_out_pair_ids)
    for name, split in rows.items():
        unit = "answers" if work.recipe.learns_from_single_answers else "pairs"
        work.record.say(f"{name}: {len(split.rows)} {unit}; left out: {counted(split.left_out)}")
    if used := work.run.mixture:
        trained = parts_of(work.listed, without=train.left_out_pair_ids)
        left_out = dict(Counter(used.left_out) + train.left_out)
        work.result.mixture = used.model_copy(update={"parts": trained, "left_out": left_out})
    refuse_what_is_left(rows, work.recipe)
    if all(train.answer_tokens.values()):
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
    texts = test.texts(_CHECK_TEXTS)
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
        mixture=work.result.mixture,
    )
    work.keep_folder("merged")
