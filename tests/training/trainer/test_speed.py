"""Model FLOP utilisation, against arithmetic done by hand."""

import pytest

from ownvoice.training.trainer.speed import flop_per_token, mfu


def test_mfu_follows_the_arithmetic_of_an_8b_llama_on_an_h100():
    class Llama8B:
        hidden_size, num_hidden_layers = 4096, 32

    flop = flop_per_token(Llama8B, matmul_parameters=7_505_000_000, mean_length=1024)
    assert flop == pytest.approx(46.1e9, rel=0.01)
    assert mfu(8500, flop, "NVIDIA H100 80GB HBM3") == pytest.approx(0.40, abs=0.01)
    assert mfu(100, flop, "NVIDIA L40S") == pytest.approx(100 * flop / 362e12)
    assert mfu(8500, flop, "cpu") is None
