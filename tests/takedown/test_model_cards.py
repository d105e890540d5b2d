"""A model's card says what was withdrawn and what was decided, once; another decision takes the place of the first."""

from __future__ import annotations

from ownvoice.storage.hub import hub_client
from ownvoice.takedown.model_cards import mark_card
from ownvoice.takedown.models import ModelUse
from stand_ins.hub import WRITER, StandInHub
from stand_ins.hub_repository import Repository

USE = ModelUse(run_id="night", dataset_version=1, repo_id="ann/voice")


def test_a_card_says_the_newest_decision_of_each_model_once_on_every_branch(hub: StandInHub) -> None:
    repository = hub.repositories["ann/voice"] = Repository("ann/voice")
    repository.main["README.md"] = b"# voice\n"
    repository.branches["champion"] = repository.commit(dict(repository.main))
    api, other = hub_client(WRITER), USE.model_copy(update={"run_id": "day"})
    assert mark_card(api, USE, "0" * 16)
    assert mark_card(api, other, "0" * 16)
    assert not mark_card(api, USE, "0" * 16)
    kept = USE.model_copy(update={"decision": "keep", "reason": "agreed"})
    assert mark_card(api, kept, "0" * 16)
    for branch in ("main", "champion"):
        card = repository.commits[repository.branches[branch]]["README.md"].decode()
        assert card.startswith("# voice\n")
        assert card.count("Training night") == card.count("Training day") == 1
        assert "The model is kept: agreed" in card
