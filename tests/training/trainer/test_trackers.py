import pytest

pytest.importorskip("torch")

from ownvoice.training.recipe import TrainingRecipe
from ownvoice.training.trainer import trackers


def tracker_whose_server_is_gone(*_):
    from transformers import TrainerCallback

    class Gone(TrainerCallback):
        def on_log(self, *_, **__):
            raise ConnectionError("the server is gone")

    return Gone()


def test_a_tracker_that_fails_in_the_middle_is_said_and_never_raised(tmp_path, monkeypatch):
    monkeypatch.setattr(trackers, "_start", tracker_whose_server_is_gone)
    said = []
    (callback,) = trackers.tracker_callbacks(TrainingRecipe(tracker="comet_ml"), tmp_path, said.append)
    callback.on_log(None, None, None, logs={})
    callback.on_save(None, None, None)
    assert said == ["tracker comet_ml: the server is gone"]


def test_no_tracker_is_the_default(tmp_path):
    assert trackers.tracker_callbacks(TrainingRecipe(), tmp_path, print) == []
