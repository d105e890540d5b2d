"""Taking the trainer off the Hub: all that is needed of it are models."""

from __future__ import annotations

import os

_HUB_TOKENS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")


def go_offline(tracker: str = "none") -> dict[str, str]:
    """Keep this process and its children from the Hub; return the environment as it was, to fetch models with.

    For libraries that are imported later: they read `HF_HUB_OFFLINE` once. The keys that nothing here has a use
    for leave the environment: those of the Hub, and Comet's where that is not the `tracker`.
    """
    online = dict(os.environ)
    os.environ["HF_HUB_OFFLINE"] = "1"
    unused = _HUB_TOKENS if tracker == "comet_ml" else (*_HUB_TOKENS, "COMET_API_KEY")
    for name in unused:
        os.environ.pop(name, None)
    return online
