"""TRL's DPOTrainer as one of several processes, so that together they train as one alone would.

Left to themselves, the libraries repeat pairs until the last step of an epoch is full, and average numbers of passes
with different pairs as if they were equal. Here every pair is seen once and weighs the same, in gradients and metrics.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from accelerate.data_loader import SeedableRandomSampler
from accelerate.utils import set_seed
from torch.utils.data import DataLoader, Sampler, SequentialSampler  # noqa: TID253  # imported on several GPUs alone

from ownvoice.training.sharing import batches_of, pairs_in_step
from ownvoice.training.trainer.ranks.place import Place
from ownvoice.training.trainer.supervised import SupervisedTrainer

_SUMMED = "num_tokens"  # the one metric of TRL that is no mean


class RankTrainer(SupervisedTrainer):
    """The trainer of one process: it takes its own pairs of each step, and logs the metrics of all."""

    def __init__(self, place: Place, rpo_alpha: float, **named: Any) -> None:
        self._place = place
        self._pairs: list[int] = []  # of each pass since the last log
        self._total_train_tokens = 0
        super().__init__(rpo_alpha, **named)
        self._stand_in = self.data_collator([self.train_dataset[0]])
        # TRL gathers the numbers of every pass, for which all passes must be equally large. `log` does it, once.
        self.accelerator.gather = self.accelerator.gather_for_metrics = self.gather_function = lambda numbers: numbers
        set_seed(self.args.seed, device_specific=True)  # so that dropout differs between the processes

    def _get_dataloader(
        self, dataset: Any, description: str, batch_size: int, is_training: bool = False, **_: Any
    ) -> Any:
        """Return the loader of this process's batches, in the order in which one process alone would see the pairs."""
        dataset = self._remove_unused_columns(dataset, description)
        in_step = self._step_pairs() if is_training else len(dataset)
        order = SeedableRandomSampler(dataset, data_seed=self.args.seed) if is_training else SequentialSampler(dataset)
        batches = _RankBatches(order, in_step, batch_size, self._place)
        loader = DataLoader(dataset, batch_sampler=batches, collate_fn=self._collated)
        loader.set_epoch = batches.set_epoch
        return loader

    def _collated(self, rows: list[Any]) -> dict[str, Any]:
        """Collate `rows`; where there are none, a pair stands in for the pass, and counts nowhere."""
        return {**(self.data_collator(rows) if rows else self._stand_in), "pairs": len(rows)}

    def _precompute_ref_logps(self, dataset: Any, name: str, batch_size: int) -> Any:
        """Return the dataset with the reference's log-probabilities, of which each process computed its share.

        TRL hands them on in a file of the first process's own temporary folder, which the others do not find.
        """
        columns = ("ref_chosen_logps", "ref_rejected_logps")
        found = {column: [0.0] * len(dataset) for column in columns}
        for index in range(self._place.rank, len(dataset), self._place.ranks):
            batch = self._prepare_inputs(self.data_collator([dataset[index]]))
            for column, log_prob in zip(columns, self.compute_ref_log_probs(self.model, batch), strict=True):
                found[column][index] = float(log_prob)
        for column in columns:
            dataset = dataset.add_column(column, self._place.totals(found[column]))
        return dataset

    def compute_loss(self, model: Any, inputs: dict[str, Any], *rest: Any, **named: Any) -> Any:
        """Return the loss of a pass, weighted so that every pair of the step weighs the same over all processes."""
        pairs = inputs.pop("pairs", None)
        tokens: int = self._total_train_tokens
        loss = super().compute_loss(model, inputs, *rest, **named)
        if pairs is None:  # the trial of the longest batch
            return loss
        if not pairs:
            self._total_train_tokens = tokens
        self._pairs.append(pairs)
        if not self.model.training:
            self._metrics["eval"]["loss"].append(float(loss))
            return loss
        in_step = pairs_in_step(self.state.global_step, len(self.train_dataset), self._step_pairs())
        return loss * (pairs * self._place.ranks * self.current_gradient_accumulation_steps / in_step)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Log the means over the pairs of all processes."""
        mode = "train" if self.model.training else "eval"
        if self._pairs:
            self._metrics[mode].update(self._of_all(self._metrics[mode]))
            self._pairs.clear()
        super().log(logs, start_time)

    def _of_all(self, metrics: dict[str, list[float]]) -> dict[str, list[float]]:
        means = sorted(metrics.keys() - {_SUMMED})
        sums = [sum(value * pairs for value, pairs in zip(metrics[name], self._pairs, strict=True)) for name in means]
        *sums, pairs, tokens = self._place.totals([*sums, sum(self._pairs), self._total_train_tokens])
        return {name: [total / pairs] for name, total in zip(means, sums, strict=True)} | {_SUMMED: [tokens]}

    def _step_pairs(self) -> int:
        args = self.args
        return int(args.per_device_train_batch_size * args.gradient_accumulation_steps * self._place.ranks)


class _RankBatches(Sampler):  # type: ignore[misc]
    """The batches of one process, each a list of places in the dataset, step by step."""

    def __init__(self, order: Any, in_step: int, batch_pairs: int, place: Place) -> None:
        self._order, self._in_step, self._batch_pairs, self._place = order, in_step, batch_pairs, place

    def __iter__(self) -> Iterator[list[int]]:
        return self._batches(list(self._order))

    def __len__(self) -> int:
        return sum(1 for _ in self._batches(range(len(self._order))))

    def _batches(self, order: Sequence[int]) -> Iterator[list[int]]:
        for start in range(0, len(order), self._in_step):
            step = order[start : start + self._in_step]
            yield from batches_of(self._place.rank, self._place.ranks, step, self._batch_pairs)

    def set_epoch(self, epoch: int) -> None:
        """Take the order of another epoch."""
        if isinstance(self._order, SeedableRandomSampler):
            self._order.set_epoch(epoch)
