"""The supervised term of a batch, by hand."""

import pytest

torch = pytest.importorskip("torch")

from ownvoice.training.trainer.supervised import nats_a_token  # noqa: E402


def test_each_chosen_answer_counts_by_its_own_length_and_the_rejected_ones_not_at_all():
    log_probs = torch.tensor([[0, -1, -3], [-4, 0, 0], [-9, -9, -9], [-9, -9, -9]], dtype=torch.float)
    mask = torch.tensor([[0, 0, 1, 1], [0, 1, 0, 0], [0, 1, 1, 1], [0, 1, 1, 1]])
    assert float(nats_a_token(log_probs, mask)) == pytest.approx(((1 + 3) / 2 + 4) / 2)
