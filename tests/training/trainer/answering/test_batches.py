"""Every prompt goes into one batch, and padding is bounded."""

from hypothesis import given
from hypothesis import strategies as st

from ownvoice.training.trainer.answering.batches import first_batch

LENGTHS = st.lists(st.tuples(st.integers(1, 400), st.integers(0, 100)), min_size=1, max_size=60)


def batches_of(lengths, budget, context):
    left, found = sorted(lengths, reverse=True), []
    while left:
        rows = first_batch([prompt for prompt, _ in left], [new for _, new in left], budget, context)
        found.append(left[:rows])
        del left[:rows]
    return found


@given(LENGTHS, st.integers(1, 5000), st.integers(400, 900))
def test_every_prompt_is_in_one_batch_and_none_is_larger_than_allowed(lengths, budget, context):
    batches = batches_of(lengths, budget, context)

    assert sorted(row for batch in batches for row in batch) == sorted(lengths)
    for batch in batches:
        places = max(prompt for prompt, _ in batch) + max(new for _, new in batch)
        assert len(batch) == 1 or (len(batch) * places <= budget and places <= context)


@given(LENGTHS, st.integers(1, 5000))
def test_less_than_half_of_a_batch_of_long_prompts_is_padding(lengths, budget):
    for batch in batches_of(lengths, budget, 10_000):
        longest = batch[0][0]
        padding = sum(longest - prompt for prompt, _ in batch)
        assert 2 * padding <= len(batch) * longest or longest <= 64


@given(LENGTHS, st.integers(1, 2000))
def test_a_batch_is_as_large_as_it_may_be(lengths, budget):
    for batch, following in zip(found := batches_of(lengths, budget, 10_000), found[1:], strict=False):
        larger = [*batch, following[0]]
        places = larger[0][0] + max(new for _, new in larger)
        assert len(larger) * places > budget or 2 * max(32, following[0][0]) < larger[0][0]


def test_a_smaller_budget_makes_a_smaller_batch_so_that_halving_ends():
    prompts, new = [100, 90, 80, 70], [10, 10, 10, 10]
    sizes, budget = [], 4 * 110
    while not sizes or sizes[-1] > 1:
        sizes.append(first_batch(prompts, new, budget, 1000))
        budget = sizes[-1] * 110 // 2
    assert sizes == [4, 2, 1]
