"""Rounds: collected, approved by a person, recorded once; what is read again creates nothing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ownvoice.articles.tombstones import Withheld, put_tombstone
from ownvoice.config.feedback_rules import FeedbackRules
from ownvoice.errors import SettingsError, StorageError
from ownvoice.feedback import apply, collect
from ownvoice.feedback.apply import approve_round, reject_round
from ownvoice.feedback.collect import collect_round
from ownvoice.feedback.rounds import FeedbackRound, rounds
from ownvoice.feedback.stored import read_fates, read_feedback_rows
from ownvoice.feedback.verify import verify_feedback
from ownvoice.feedback.withdraw import withdraw_author, withdraw_person
from ownvoice.imports.table import read_imported, withdraw_imported
from ownvoice.storage.lake import Lake
from ownvoice.storage.stores import ObjectStore
from stand_ins.feedback_exports import chat_ui, line, lines


class World:
    """A lake, and a folder of exports that a test writes to."""

    def __init__(self, folder: Path) -> None:
        self.exports = folder / "exports"
        self.exports.mkdir()
        self.lake = Lake((folder / "lake").as_uri())
        self.rules = FeedbackRules(authors={"jane": "jane-doe"})
        self._runs = 0

    def export(self, name: str, *records: dict[str, Any]) -> None:
        (self.exports / name).write_bytes(lines(*records))

    def collect(self, run: str = "", **options: Any) -> FeedbackRound | None:
        self._runs += 1
        source = ObjectStore(self.exports.as_uri())
        return collect_round(self.lake, source, self.rules, run or f"run-{self._runs}", **options)

    def collected(self) -> FeedbackRound:
        made = self.collect()
        assert made is not None, "there is something new"
        assert made.events == made.in_rows + sum(made.dropped.values()) + sum(made.held.values())
        return made

    def recorded(self) -> list[tuple[str | None, str | None]]:
        return sorted(((row["chosen"], row["rejected"]) for row in read_imported(self.lake)), key=str)

    def text_of_the_lake(self) -> bytes:
        return b"".join(self.lake.store.read(one.key) or b"" for one in self.lake.store.objects("feedback"))


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_burst_a_contradiction_a_secret_and_no_consent_give_exactly_the_rows_they_should(world: World) -> None:
    place = {"conversation": "c1", "parent_id": "u1"}
    world.export(
        "night.jsonl",
        line("up", "A clear answer.", **place),
        line("down", "Certainly! Great question.", minutes=1, **place),
        line("edit", "The model's.", other="The author's.", person="jane", minutes=2),
        line("choice", "Kept short.", other="Drawn out.", minutes=3),
        line("up", "Lone.", person="bob", minutes=4),
        line("up", "Disputed.", person="bob", minutes=5),
        line("down", "Disputed.", person="eve", minutes=6),
        line("up", "Use ghp_" + "x1Y2" * 9, minutes=7),
        line("up", "Nobody asked them.", person="dan", consent=None, minutes=8),
        *(line("down", f"Flooded {number}.", person="bot", minutes=9 + number / 10) for number in range(25)),
    )
    made = world.collected()
    assert made.events == 34 and made.in_rows == 5 and made.rows == 4
    assert made.dropped == {"no_consent": 1, "secret": 1}
    assert made.held == {"burst": 25, "contradiction": 2} and made.held_rows == 27
    assert world.recorded() == [], "nothing is recorded before a person approved"
    approve_round(world.lake, made.number, "carol")
    assert world.recorded() == sorted(
        [
            ("A clear answer.", "Certainly! Great question."),
            ("The author's.", "The model's."),
            ("Kept short.", "Drawn out."),
            ("Lone.", None),
        ],
        key=str,
    )
    classes = Counter(row["provenance_class"] for row in read_imported(world.lake))
    assert classes == {"edited_by_author": 1, "human_preference": 3}
    assert [row["author_id"] for row in read_imported(world.lake) if row["chosen"] == "The author's."] == ["jane-doe"]
    for hidden in (b"ghp_", b"Nobody asked", b"ada@", b"jane\x00"):
        assert hidden not in world.text_of_the_lake()


def test_files_that_are_read_again_moved_or_exported_again_create_nothing(world: World) -> None:
    world.export("a.jsonl", line("up", "A"), line("down", "B", consent=None))
    approve_round(world.lake, world.collected().number, "carol")
    assert world.collect() is None
    (world.exports / "a.jsonl").rename(world.exports / "moved.jsonl")
    world.export("again.jsonl", line("up", "A"))
    assert world.collect() is None
    (world.exports / "moved.jsonl").unlink()
    (world.exports / "again.jsonl").unlink()
    assert world.collect() is None, "an export that is gone takes nothing back"
    assert world.recorded() == [("A", None)]


def test_what_comes_later_changes_what_was_recorded(world: World) -> None:
    place = {"conversation": "c1", "parent_id": "u1"}
    world.export("a.jsonl", line("up", "A", **place), line("up", "Liked", person="bob"))
    approve_round(world.lake, world.collected().number, "carol")
    world.export("b.jsonl", line("down", "B", minutes=1, **place), line("down", "Liked", person="bob", minutes=1))
    made = world.collected()
    assert (made.rows, len(made.to_withdraw), made.dropped) == (2, 2, {"superseded": 1})
    approve_round(world.lake, made.number, "carol")
    assert world.recorded() == [("A", "B"), (None, "Liked")]


def test_a_contradiction_takes_back_the_row_of_a_vote_that_stood_alone(world: World) -> None:
    world.export("a.jsonl", line("up", "A"))
    approve_round(world.lake, world.collected().number, "carol")
    world.export("b.jsonl", line("down", "A", person="bob"))
    approve_round(world.lake, world.collected().number, "carol")
    assert world.recorded() == []


def test_consent_that_is_listed_later_brings_the_row_and_consent_that_is_taken_off_takes_it_away(world: World) -> None:
    world.export("a.jsonl", line("up", "A", consent=None))
    (world.exports / "chats.parquet").write_bytes(chat_ui())
    assert world.collected().dropped == {"no_consent": 2}
    reject_round(world.lake, 1, "carol")
    world.rules = FeedbackRules(consented_people=("ada@reader.example",), consented_objects=("chats.*",))
    approve_round(world.lake, world.collected().number, "carol")
    assert world.recorded() == [("A", None), ("Hi.", None)]
    world.rules = FeedbackRules()
    made = world.collected()
    assert made.dropped == {"no_consent": 2} and len(made.to_withdraw) == 2
    approve_round(world.lake, made.number, "carol")
    assert world.recorded() == []


def test_a_rejected_round_leaves_nothing_and_does_not_come_again(world: World) -> None:
    world.export("a.jsonl", line("up", "A"))
    reject_round(world.lake, world.collected().number, "carol")
    assert world.collect() is None and world.recorded() == []
    world.export("b.jsonl", line("up", "B"))
    approve_round(world.lake, world.collected().number, "carol")
    assert world.recorded() == [("B", None)]
    with pytest.raises(SettingsError, match="round 1 of feedback is rejected by carol already"):
        approve_round(world.lake, 1, "dan")


def test_held_rows_are_released_by_reason_or_id_and_rows_are_left_out_for_good(world: World) -> None:
    world.export(
        "a.jsonl",
        line("up", "A"),
        line("edit", "Model's.", other="Reader's."),
        line("up", "Disputed.", minutes=1),
        line("down", "Disputed.", person="bob"),
    )
    made = world.collected()
    rows = {(one.row["chosen"], one.row["rejected"]): one.row_id for one in read_feedback_rows(world.lake, made)}
    with pytest.raises(SettingsError, match="no held row that nothing-like-it names alone"):
        approve_round(world.lake, made.number, "carol", ["nothing-like-it"])
    right, plain = rows["Disputed.", None], rows["A", None]
    approve_round(world.lake, made.number, "carol", ["not_an_author", right[:10]], [plain])
    assert world.recorded() == [("Reader's.", "Model's."), ("Disputed.", None)]
    assert world.collect() is None, "a released row stays, and one that was left out stays out"


def test_one_round_is_open_at_a_time_and_a_run_that_is_repeated_finds_its_own(world: World) -> None:
    world.export("a.jsonl", line("up", "A"))
    first = world.collect("night-1")
    world.export("b.jsonl", line("up", "B"))
    assert world.collect("night-1") == first
    with pytest.raises(SettingsError, match="round 1 of feedback waits for a person"):
        world.collect("night-2")


def test_two_that_collect_at_the_same_time_make_one_round(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.export("a.jsonl", line("up", "A"))
    write = collect._write

    def late(*arguments: Any) -> FeedbackRound:
        monkeypatch.setattr(collect, "_write", write)
        world.collect("other")
        return write(*arguments)

    monkeypatch.setattr(collect, "_write", late)
    with pytest.raises(SettingsError, match="another run has collected round 1"):
        world.collect("mine")
    (only,) = rounds(world.lake)
    assert only.run == "other" and len(list(world.lake.store.objects("feedback/rounds"))) == 4


@pytest.mark.parametrize("killed_at", ["record_imported", "withdraw_imported", "read_feedback_rows"])
def test_an_approval_that_is_killed_is_ended_by_the_same_call_or_the_next_collection(
    world: World, monkeypatch: pytest.MonkeyPatch, killed_at: str
) -> None:
    world.export("a.jsonl", line("up", "A"), line("edit", "M.", other="R."))
    number = world.collected().number
    done = getattr(apply, killed_at)
    calls = iter([0, 1])

    def dies(*arguments: Any) -> Any:
        if killed_at == "read_feedback_rows" and next(calls) == 0:
            return done(*arguments)  # the first reading is before the decision
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(apply, killed_at, dies)
        approve_round(world.lake, number, "carol", ["not_an_author"])
    assert world.collect() is None
    assert world.recorded() == [("A", None), ("R.", "M.")]
    assert approve_round(world.lake, number, "carol").applied


def test_a_person_who_withdraws_is_taken_out_everywhere_and_never_read_again(world: World) -> None:
    world.export("a.jsonl", line("up", "Mine."), line("up", "Yours.", person="bob"))
    approve_round(world.lake, world.collected().number, "carol")
    gone = withdraw_person(world.lake, "ada@reader.example")
    assert (len(gone.row_ids), gone.events, len(gone.keys)) == (1, 1, 2)
    assert world.recorded() == [("Yours.", None)]
    assert b"Mine." not in world.text_of_the_lake()
    assert withdraw_person(world.lake, "ada@reader.example").row_ids == ()
    made = world.collected()
    assert made.dropped == {"withdrawn": 1} and made.rows == 0
    approve_round(world.lake, made.number, "carol")
    assert world.recorded() == [("Yours.", None)] and world.collect() is None


def test_an_authors_edits_go_with_the_author_and_a_tombstone_keeps_them_out(world: World) -> None:
    world.export("a.jsonl", line("edit", "M.", other="Jane's.", person="jane"), line("up", "Stays."))
    approve_round(world.lake, world.collected().number, "carol")
    put_tombstone(world.lake, "t1", Withheld(author_ids=frozenset({"jane-doe"})), 0.5)
    assert len(withdraw_author(world.lake, "jane-doe").row_ids) == 1
    assert world.collected().dropped == {"taken_down": 1}
    assert world.recorded() == [("Stays.", None)] and b"Jane's." not in world.text_of_the_lake()


@pytest.mark.parametrize("decide", [approve_round, reject_round])
def test_what_a_takedown_took_out_of_a_round_does_not_come_again_from_the_exports(world: World, decide: Any) -> None:
    world.export("a.jsonl", line("up", "Quotes a text."), line("up", "Stays."))
    made = world.collected()
    decide(world.lake, made.number, "carol")
    key = made.keys.events(made.draft)
    rows = world.lake.read_rows(key)
    assert rows is not None
    world.lake.write_rows(key, rows.filter([row != "Quotes a text." for row in rows["answer"].to_pylist()]))
    withdraw_imported(world.lake, [row["row_id"] for row in read_imported(world.lake) if row["chosen"] != "Stays."])
    recorded = world.recorded()
    if (again := world.collect()) is not None:
        assert again.dropped == {"taken_down": 1} and again.rows == 0
        approve_round(world.lake, again.number, "carol")
    assert world.recorded() == recorded and world.collect() is None


def test_a_rejection_leaves_what_was_said_before_as_it_was(world: World) -> None:
    world.export("a.jsonl", line("up", "A"))
    approve_round(world.lake, world.collected().number, "carol")
    world.export("b.jsonl", line("down", "A", minutes=1))
    reject_round(world.lake, world.collected().number, "carol")
    assert world.collect() is None and world.recorded() == [("A", None)]


def test_an_evaluation_set_is_asked(world: World, tmp_path: Path) -> None:
    (tmp_path / "set.txt").write_text("one two three four five six seven eight nine ten")
    world.export("a.jsonl", line("up", "He said: One, two, three, four, five, six, seven, eight, nine, ten."))
    made = world.collect(evaluation_sets=((tmp_path / "set.txt").as_uri(),))
    assert made is not None and made.dropped == {"in_evaluation_set": 1}
    (fate,) = read_fates(world.lake, made)
    assert fate.detail.endswith("set.txt, row 1")


def test_broken_objects_and_records_are_named_and_counted_and_stop_nothing(world: World) -> None:
    world.export("a.jsonl", line("up", "A"), {"kind": "up"})
    (world.exports / "b.json").write_bytes(b"{")
    (world.exports / "c.parquet").write_bytes(b"")
    (world.exports / "notes.md").write_text("not looked at")
    (world.exports / ".hidden.json").write_text("not looked at")
    made = world.collected()
    assert (made.objects, made.in_rows, made.refused_count) == (3, 1, 3)
    assert [one.partition(":")[0] for one in made.refused] == ["a.jsonl, line 2", "b.json, line 1", "c.parquet"]


def test_a_lake_that_lost_a_part_of_a_round_says_which(world: World) -> None:
    world.export("a.jsonl", line("up", "A"))
    made = world.collected()
    world.lake.store.delete(made.keys.rows(made.draft))
    with pytest.raises(StorageError, match=r"rows\.parquet is gone: put it back from a backup"):
        approve_round(world.lake, made.number, "carol")
    world.lake.store.write(made.keys.round, b"{")
    faults: list[str] = []
    assert rounds(world.lake, faults) == [] and "round.json" in faults[0]


def test_rows_are_proved_against_the_exports_wherever_these_have_moved(world: World) -> None:
    world.export("a.jsonl", line("up", "A"), line("up", "B"))
    approve_round(world.lake, world.collected().number, "carol")
    (world.exports / "a.jsonl").rename(world.exports / "moved.jsonl")
    source = ObjectStore(world.exports.as_uri())
    assert (verify_feedback(world.lake, source).compared, verify_feedback(world.lake, None).compared) == (2, 0)
    world.export("moved.jsonl", line("up", "A"))
    proof = verify_feedback(world.lake, source)
    assert proof.passed and proof.compared == 1
    assert proof.not_compared == {"feedback@round-00000001": "the records of 1 rows are in no export any more"}


def test_a_round_says_the_same_in_json_and_back(world: World) -> None:
    world.export("a.jsonl", line("up", "A"))
    made = world.collected()
    assert FeedbackRound.model_validate(json.loads(made.model_dump_json())) == made
