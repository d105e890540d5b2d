"""A promotion over the real client against the stand-in Hub: killed anywhere, the same command finishes it."""

from __future__ import annotations

import pytest

from ownvoice.errors import HubMismatchError, HubUnavailableError, LostCommitError, NotPromotedError, StorageError
from ownvoice.publishing.champion import Move, champion_of, moves_of, record_move, run_of_commit
from ownvoice.publishing.hub import HubRepository
from ownvoice.publishing.promote import CardSettings, follow, promote, publish_run
from ownvoice.publishing.promotion import Check, Outcome, Rival
from ownvoice.storage.run_keys import RunKeys

REPOSITORY_ID = "ann/voice"
PRIVATE = CardSettings()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def outcome(run_id, rival=None, move=0, holds=True):
    check = Check(name="style_score", value=1.0 if holds else -1.0, above=0, sentence="style_score is what it is")
    rival = Rival(run_id=rival, move=move)
    return Outcome(run_id=run_id, repo_id=REPOSITORY_ID, measure="style_score", rival=rival, checks=(check,))


def on_the_branch(hub):
    repository = hub.repositories[REPOSITORY_ID]
    return repository.commits[repository.branches["champion"]]


def tagged(hub, run_id):
    repository = hub.repositories[REPOSITORY_ID]
    return repository.commits[repository.tags[run_id]]


def two_champions(trained, lake):
    trained("run-1", shards=3)
    trained("run-2", shards=2)
    promote(lake, outcome("run-1"), PRIVATE)
    return promote(lake, outcome("run-2", "run-1", 1), PRIVATE)


def test_the_first_champion_is_published_and_the_branch_made_at_its_commit(trained, lake, hub):
    trained("run-1")
    move = promote(lake, outcome("run-1"), PRIVATE)
    repository = hub.repositories[REPOSITORY_ID]
    assert repository.branches["champion"] == repository.tags["run-1"] == move.revision
    assert (move.number, move.over, move.how) == (1, None, "promoted")
    assert move.because == "style_score is what it is"


def test_the_next_one_takes_the_branch_in_one_commit_and_no_weights_are_sent_again(trained, lake, hub):
    move = two_champions(trained, lake)
    assert (move.number, move.over) == (2, "run-1")
    assert on_the_branch(hub) == tagged(hub, "run-2")
    repository = hub.repositories[REPOSITORY_ID]
    assert repository.branches["champion"] != repository.tags["run-2"] == move.revision
    assert run_of_commit(lake, repository.branches["champion"]) == "run-2"
    assert run_of_commit(lake, repository.tags["run-1"]) == "run-1"
    assert hub.count("POST .*/commit/champion") == 1
    assert hub.count("PUT /lfs/") == 5
    assert [one.run_id for one in moves_of(lake, REPOSITORY_ID, [])] == ["run-2", "run-1"]


def test_a_former_champion_is_rolled_back_to_by_the_same_command_whatever_the_rule_says(trained, lake, hub):
    two_champions(trained, lake)
    move = promote(lake, outcome("run-1", "run-2", 2, holds=False), PRIVATE)
    assert (move.number, move.over, move.how) == (3, "run-2", "rolled back")
    assert on_the_branch(hub) == tagged(hub, "run-1")
    assert hub.repositories[REPOSITORY_ID].branches["main"] == hub.repositories[REPOSITORY_ID].tags["run-2"]


def test_what_the_rule_does_not_promote_stays_in_the_lake_and_the_hub_hears_nothing(trained, lake, hub):
    trained("run-1")
    with pytest.raises(NotPromotedError, match=r"style_score is what it is.*--force REASON"):
        promote(lake, outcome("run-1", holds=False), PRIVATE)
    assert hub.requests == []
    assert champion_of(lake, REPOSITORY_ID) is None


def test_against_the_rule_a_person_may_promote_with_a_reason_that_stays(trained, lake, hub):
    trained("run-1")
    move = promote(lake, outcome("run-1", holds=False), PRIVATE, force="the launch is today")
    assert (move.how, move.because) == ("forced", "the launch is today")


def test_one_that_was_judged_against_a_former_champion_is_judged_again(trained, lake, hub):
    two_champions(trained, lake)
    trained("run-3")
    with pytest.raises(LostCommitError, match="the champion of ann/voice is now run run-2"):
        promote(lake, outcome("run-3", "run-1", 1), PRIVATE)
    assert "run-3" not in hub.repositories[REPOSITORY_ID].tags


def test_of_two_that_beat_the_same_champion_the_second_is_told_who_was_first_and_not_published(trained, lake, hub):
    trained("run-1")
    trained("run-2")
    promote(lake, outcome("run-2"), PRIVATE)
    before = list(hub.requests)
    with pytest.raises(LostCommitError, match="is now run run-2"):
        promote(lake, outcome("run-1"), PRIVATE)
    assert hub.requests == before


def test_one_that_loses_the_race_for_the_move_is_never_on_the_hub(trained, lake, hub, monkeypatch):
    trained("run-1")
    trained("run-2")

    def overtaken(lake, move):
        if move.run_id == "run-1":
            promote(lake, outcome("run-2"), PRIVATE)
        return record_move(lake, move)

    monkeypatch.setattr("ownvoice.publishing.promote.record_move", overtaken)
    with pytest.raises(LostCommitError, match="is now run run-2"):
        promote(lake, outcome("run-1"), PRIVATE)
    assert champion_of(lake, REPOSITORY_ID).run_id == "run-2"
    assert on_the_branch(hub) == tagged(hub, "run-2")
    assert set(hub.repositories[REPOSITORY_ID].tags) == {"run-2"}


def test_a_model_that_cannot_be_published_becomes_no_champion(trained, lake, hub):
    run = trained("run-1")
    for stored in list(lake.store.objects(run.keys.merged)):
        lake.store.delete(stored.key)
    with pytest.raises(StorageError, match="holds no whole model"):
        promote(lake, outcome("run-1"), PRIVATE)
    assert champion_of(lake, REPOSITORY_ID) is None
    assert hub.requests == []


def test_a_champion_that_the_hub_did_not_take_yet_is_left_to_its_own_promotion(trained, lake, hub):
    trained("run-1")
    promote(lake, outcome("run-1"), PRIVATE)
    trained("run-2")
    hub.fail("POST", "/commit/main", status=500)
    with pytest.raises(HubUnavailableError):
        promote(lake, outcome("run-2", "run-1", 1), PRIVATE)
    assert champion_of(lake, REPOSITORY_ID).revision is None
    follow(lake, REPOSITORY_ID)
    assert on_the_branch(hub) == tagged(hub, "run-1")


@pytest.mark.parametrize(
    ("method", "path", "fault"),
    [
        ("POST", "/commit/main", {"status": 500}),
        ("POST", "/tag/", {"status": 502}),
        ("GET", "/tree/", {"drop": True, "times": 99}),
        ("POST", "/paths-info/", {"drop": True, "times": 99}),
        ("POST", "/commit/champion", {"status": 500}),
        ("POST", "/commit/champion", {"drop": True}),
        ("POST", "/commit/champion", {"lost": True}),
        ("POST", "/commit/champion", {"status": 412}),
    ],
)
def test_a_promotion_that_broke_off_anywhere_is_finished_by_the_same_call(trained, lake, hub, method, path, fault):
    trained("run-1")
    promote(lake, outcome("run-1"), PRIVATE)
    trained("run-2", shards=1)
    before = on_the_branch(hub)
    hub.fail(method, path, **fault)
    with pytest.raises(HubUnavailableError):
        promote(lake, outcome("run-2", "run-1", 1), PRIVATE)
    if "champion" not in hub.repositories[REPOSITORY_ID].branches or not fault.get("lost"):
        assert on_the_branch(hub) == before
    hub.faults.clear()
    move = promote(lake, outcome("run-2", "run-1", 1), PRIVATE)
    assert move.number == 2
    assert on_the_branch(hub) == tagged(hub, "run-2")
    assert len(list(moves_of(lake, REPOSITORY_ID, []))) == 2
    assert hub.repositories[REPOSITORY_ID].branches["champion"] != before


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": True}, {"lost": True}])
def test_the_first_branch_that_could_not_be_made_is_made_by_the_same_call(trained, lake, hub, fault):
    trained("run-1")
    hub.fail("POST", "/branch/", **fault)
    with pytest.raises(HubUnavailableError):
        promote(lake, outcome("run-1"), PRIVATE)
    hub.faults.clear()
    promote(lake, outcome("run-1"), PRIVATE)
    assert on_the_branch(hub) == tagged(hub, "run-1")
    assert champion_of(lake, REPOSITORY_ID).number == 1


def test_a_branch_that_fell_behind_is_led_to_the_newest_champion_by_whoever_comes_next(trained, lake, hub):
    two_champions(trained, lake)
    repository = hub.repositories[REPOSITORY_ID]
    repository.branches["champion"] = repository.commit({"by hand": b"1"})
    follow(lake, REPOSITORY_ID)
    assert on_the_branch(hub) == tagged(hub, "run-2")


def test_a_slow_promotion_does_not_leave_its_own_model_where_another_has_won_since(trained, lake, hub, monkeypatch):
    first = two_champions(trained, lake)
    point, overtaken = HubRepository.point, []

    def overtake(repository, *given):
        if not overtaken:
            overtaken.append(first.model_copy(update={"number": 4, "move_id": "later"}))
            record_move(lake, overtaken[0])
        point(repository, *given)

    monkeypatch.setattr(HubRepository, "point", overtake)
    promote(lake, outcome("run-1", "run-2", 2), PRIVATE)
    assert on_the_branch(hub) == tagged(hub, "run-2")


def test_a_tag_of_the_branchs_name_is_refused_since_nobody_could_tell_them_apart(trained, lake, hub):
    trained("run-1")
    publish_run(lake, "run-1", PRIVATE)
    repository = hub.repositories[REPOSITORY_ID]
    repository.tags["champion"] = repository.branches["main"]
    with pytest.raises(HubMismatchError, match="has a tag champion"):
        promote(lake, outcome("run-1"), PRIVATE)


def test_an_ungated_run_is_published_as_ever_and_becomes_no_champion(trained, lake, hub):
    trained("run-1")
    publication, move = publish_run(lake, "run-1", PRIVATE)
    assert publication.tag == "run-1" and move is None
    assert champion_of(lake, REPOSITORY_ID) is None
    assert set(hub.repositories[REPOSITORY_ID].branches) == {"main"}


@pytest.mark.parametrize("stored", [None, False])
def test_a_gated_run_that_was_not_promoted_is_not_published(trained, lake, hub, stored):
    trained("run-1", promote="style_score")
    if stored is not None:
        lake.write_json(RunKeys("run-1").promotion, outcome("run-1", holds=stored).model_dump(mode="json"))
    with pytest.raises(NotPromotedError):
        publish_run(lake, "run-1", PRIVATE)
    assert hub.requests == []


def test_a_gated_run_that_was_promoted_is_published_as_the_champion_and_twice_is_once(trained, lake, hub):
    trained("run-1", promote="style_score")
    lake.write_json(RunKeys("run-1").promotion, outcome("run-1").model_dump(mode="json"))
    publication, move = publish_run(lake, "run-1", PRIVATE)
    assert (publication, move) == publish_run(lake, "run-1", PRIVATE)
    assert publication.revision == hub.repositories[REPOSITORY_ID].branches["champion"]
    assert isinstance(move, Move)
    assert hub.count("POST .*/commit/") == 1
