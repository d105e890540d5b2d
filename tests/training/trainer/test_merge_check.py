"""The limits of the merge check."""

import pytest

from ownvoice.training.trainer.merge_check import number_faults

GOOD_MERGE = {"kl_merged_nats": 1e-6, "kl_base_nats": 1e-2, "top1_agreement": 1.0}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"kl_merged_nats": 9e-3}, "too far to be it"),
        ({"kl_merged_nats": float("nan")}, "too far to be it"),
        ({"kl_base_nats": 0.0}, "too far to be it"),
        ({"top1_agreement": 0.9}, "agrees with the adapter model on 90.0%"),
    ],
)
def test_a_merge_must_be_near_the_adapter_and_far_from_the_base(change, fault):
    faults = number_faults(GOOD_MERGE | change)
    assert [fault in found for found in faults] == ([] if fault is None else [True])
