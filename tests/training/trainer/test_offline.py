"""What a training keeps of its environment."""

import os

import pytest

from ownvoice.training.trainer.offline import go_offline

KEYS = {
    "HF_TOKEN": "hub",
    "HUGGING_FACE_HUB_TOKEN": "old name",
    "COMET_API_KEY": "comet",
    "AWS_SECRET_ACCESS_KEY": "s3",
}


@pytest.mark.parametrize(
    ("tracker", "kept"),
    [
        ("none", {"AWS_SECRET_ACCESS_KEY"}),
        ("tensorboard", {"AWS_SECRET_ACCESS_KEY"}),
        ("comet_ml", {"AWS_SECRET_ACCESS_KEY", "COMET_API_KEY"}),
    ],
)
def test_it_is_off_the_hub_and_holds_the_keys_alone_that_it_uses(monkeypatch, tracker, kept):
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    online = go_offline(tracker)
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    assert KEYS.keys() & os.environ.keys() == kept
    assert online["HF_HUB_OFFLINE"] == "0"
    assert KEYS.items() <= online.items(), "the base is fetched with all of them"


def test_it_is_as_good_without_any_key(monkeypatch):
    for name in ("HF_HUB_OFFLINE", *KEYS):
        monkeypatch.delenv(name, raising=False)
    go_offline()
    assert os.environ.pop("HF_HUB_OFFLINE") == "1"
