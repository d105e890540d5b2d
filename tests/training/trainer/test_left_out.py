"""What is said where pairs cannot be trained on."""

from collections import Counter

import pytest

pytest.importorskip("torch")

from ownvoice.errors import BadDataError, Exit, SettingsError
from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer.formatted import Formatted
from ownvoice.training.trainer.left_out import refuse_what_is_left

RECIPE = TrainingRecipe(batch_pairs=1, accumulation_steps=1, warmup_steps=0)
ROW = {"prompt": "", "chosen": "", "rejected": ""}


def split(kept, **left_out):
    return Formatted(rows=[ROW] * kept, left_out=Counter(left_out))


def test_a_split_that_lost_all_its_pairs_says_how_many_for_which_reason_and_what_helps():
    lost = split(0, longer_than_max_length=3, special_token_in_the_answer=15)
    with pytest.raises(BadDataError) as caught:
        refuse_what_is_left({"train": split(9), "test": lost}, RECIPE)
    said = str(caught.value)
    assert said.startswith(
        "none of the 18 test pairs can be trained on (15 special_token_in_the_answer, 3 longer_than_max_length)"
    )
    assert "special tokens out of the dataset; raise max_length" in said


def test_a_split_that_lost_too_many_pairs_says_so_beside_what_the_recipe_lacks():
    with pytest.raises(SettingsError, match=r"3 train pairs make 3 .* Left out: 40 doubled_bos; what helps: .*BOS"):
        refuse_what_is_left({"train": split(3, doubled_bos=40), "test": split(2)}, RECIPE)


def test_a_few_lost_pairs_are_no_reason_to_stop():
    refuse_what_is_left({"train": split(9, doubled_bos=1), "test": split(2)}, RECIPE)


def test_a_run_that_loses_all_its_pairs_ends_before_a_weight_is_loaded(trainer):
    process = trainer.start(trainer.ask("all-too-long", max_length=16))
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == Exit.BAD_DATA, printed
    result = trainer.result("all-too-long")
    assert "none of the 40 train pairs can be trained on (40 longer_than_max_length)" in result["message"]
    assert {"read", "tokenise"} == result["seconds"].keys()
