"""Several GPUs see, in every step, the pairs that one would see: none twice, none left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.errors import SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.recipe_checks import refuse_what_cannot_work
from ownvoice.training.sharing import Share, batches_of, pairs_in_step, share_of

GPUS = st.integers(1, 8)
FEW = st.integers(1, 12)


@pytest.mark.parametrize(
    ("batch_pairs", "accumulation_steps", "gpu_count", "share"),
    [
        (2, 8, 1, Share(2, 8)),
        (2, 8, 2, Share(2, 4)),
        (2, 8, 8, Share(2, 1)),
        (2, 1, 2, Share(1, 1)),
        (8, 1, 4, Share(2, 1)),
        (6, 2, 4, Share(3, 1)),
        (4, 3, 2, Share(3, 2)),
        (5, 2, 2, Share(5, 1)),
        (3, 3, 2, None),
        (2, 1, 4, None),
        (1, 1, 2, None),
        (2, 8, 7, None),
    ],
)
def test_the_pairs_of_a_step_are_divided_equally_or_not_at_all(batch_pairs, accumulation_steps, gpu_count, share):
    assert share_of(batch_pairs, accumulation_steps, gpu_count) == share


@given(FEW, FEW, GPUS)
def test_a_share_keeps_the_pairs_of_a_step_and_needs_no_more_memory_than_the_recipe(batch, accumulation, gpus):
    share = share_of(batch, accumulation, gpus)
    if share is None:
        assert batch * accumulation % gpus
    else:
        assert share.pairs * share.accumulation_steps * gpus == batch * accumulation
        assert share.pairs <= batch


@given(FEW, FEW, GPUS, st.integers(1, 100), st.integers(1, 3))
def test_in_every_step_the_processes_see_the_steps_pairs_once_in_equally_many_passes(
    batch, accumulation, gpus, train_pairs, epochs
):
    share = share_of(batch, accumulation, gpus)
    if share is None:
        return
    in_step = batch * accumulation
    steps = range(epochs * -(-train_pairs // in_step))
    for step in steps:
        start = step * in_step % (-(-train_pairs // in_step) * in_step)
        seen = range(train_pairs)[start : start + in_step]
        assert pairs_in_step(step, train_pairs, in_step) == len(seen)
        of_ranks = [batches_of(rank, gpus, seen, share.pairs) for rank in range(gpus)]
        assert sorted(pair for passes in of_ranks for one in passes for pair in one) == list(seen)
        assert len({len(passes) for passes in of_ranks}) == 1
        assert len(of_ranks[0]) <= share.accumulation_steps
        assert all(len(one) <= share.pairs for passes in of_ranks for one in passes)


@pytest.mark.parametrize(
    ("recipe", "gpu_count", "sentence"),
    [
        ({"backend": "unsloth"}, 2, "the unsloth backend trains on one GPU.* set backend to trl, or gpu_count to 1"),
        ({"backend": "trl", "batch_pairs": 3, "accumulation_steps": 5}, 4, r"15 pairs .* which 4 GPUs cannot share"),
        ({"backend": "trl", "batch_pairs": 1, "accumulation_steps": 2}, 8, "make them a multiple of 8"),
        ({"backend": "unsloth", "batch_pairs": 3, "accumulation_steps": 3}, 2, "unsloth.*cannot share"),
    ],
)
def test_a_recipe_that_several_gpus_cannot_train_is_refused_and_one_gpu_trains_it(recipe, gpu_count, sentence):
    recipe = TrainingRecipe(**recipe)
    with pytest.raises(SettingsError, match=sentence):
        refuse_what_cannot_work(recipe, 1300, gpu_count=gpu_count)
    refuse_what_cannot_work(recipe, 1300)


@pytest.mark.parametrize("gpu_count", [2, 4, 8])
def test_the_chapters_batch_can_be_shared_by_the_usual_machines(gpu_count):
    refuse_what_cannot_work(TrainingRecipe(backend="trl"), 1300, gpu_count=gpu_count)
