import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ownvoice.errors import BadDataError, SettingsError
from ownvoice.reviewing.answers import answers_of, standing
from ownvoice.reviewing.exchange import TOOLS, Imported, export_round, import_answers
from ownvoice.reviewing.formats.exchange import shown
from ownvoice.reviewing.order import side_shown_left
from ownvoice.reviewing.sample import Closed, close_round, write_sample
from ownvoice.storage.lake import Lake
from stand_ins.review_rounds import AT, ROUND, a_round, item
from stand_ins.review_tools import Said, argilla_records, argilla_user, label_studio_tasks

ITEMS = [item(f"item-{place}", position=place) for place in range(6)]
WRITTEN_BY = {"argilla": argilla_records, "label_studio": label_studio_tasks}
TOOL_NAMES = pytest.mark.parametrize("tool", [*TOOLS])


@pytest.fixture
def lake(tmp_path) -> Lake:
    lake = Lake(f"file://{tmp_path}/lake")
    write_sample(lake, a_round(size=len(ITEMS)), ITEMS)
    return lake


def files_of(tool, rows=ITEMS):
    return TOOLS[tool].files(a_round(), [shown(row, tool) for row in rows], "# Guideline")


def written(tool, said, rows=ITEMS):
    return WRITTEN_BY[tool](files_of(tool, rows), said)


def imported(lake, tool, records) -> Imported:
    return import_answers(lake, ROUND, tool, json.dumps(records).encode())


def winners(lake):
    return {(one.reviewer, one.item_id): one.winner for one in standing(answers_of(lake, ROUND))}


SAID = st.builds(
    Said,
    user=st.integers(1, 3),
    choice=st.sampled_from(["left", "right", "tie", "both_bad"]),
    status=st.sampled_from(["submitted", "discarded"]),
    reason=st.sampled_from(["", "It says more.", "« Weil »\nzwei Zeilen"]),
    at=st.just("2026-11-28T10:00:00.000000Z"),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@TOOL_NAMES
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_what_users_choose_comes_back_for_the_answer_that_they_saw_there(tool, data, tmp_path_factory):
    lake = Lake(f"file://{tmp_path_factory.mktemp('lake')}")
    rows = [
        item(
            f"item-{place}",
            position=place,
            chosen=f"c{place} {data.draw(TEXT)}",
            rejected=f"r{place} {data.draw(TEXT)}",
        )
        for place in range(data.draw(st.integers(1, 4)))
    ]
    write_sample(lake, a_round(size=len(rows)), rows)
    by_user = st.lists(SAID, max_size=3, unique_by=lambda one: one.user)
    said = {row.item_id: data.draw(by_user) for row in rows}
    records = written(tool, said, rows)

    first, second = imported(lake, tool, records), imported(lake, tool, records)

    submitted = {(one.user, name): one for name, all_of in said.items() for one in all_of if one.status == "submitted"}
    user = (lambda one: f"argilla:{argilla_user(one)}") if tool == "argilla" else (lambda one: f"label_studio:{one}")
    other = {"chosen": "rejected", "rejected": "chosen"}
    expected = {}
    for (number, name), one in submitted.items():
        left = side_shown_left(name, tool)
        expected[user(number), name] = {"left": left, "right": other[left]}.get(one.choice, one.choice)
    assert winners(lake) == expected
    assert {one.reason for one in answers_of(lake, ROUND)} == {one.reason for one in submitted.values()}
    skipped = sum(len(all_of) for all_of in said.values()) - len(submitted)
    assert first == Imported(new=len(submitted), not_submitted=skipped)
    assert second == Imported(known=len(submitted), not_submitted=skipped)


@TOOL_NAMES
def test_neither_the_author_s_answer_nor_why_an_item_was_drawn_leaves_the_lake(tool):
    files = files_of(tool, [item("item-0", "gold", pair_id="pair-secret", author_id="ann-secret")])
    for data in files.values():
        for hidden in (b"gold", b"pair-secret", b"ann-secret", b"chosen", b"rejected"):
            assert hidden not in data


@TOOL_NAMES
def test_the_sides_are_drawn_item_by_item(tool):
    lefts = {shown(item(f"item-{place}"), tool).left.split("'")[0] for place in range(20)}
    assert lefts == {"The author", "The model"}


@TOOL_NAMES
def test_an_export_is_written_into_a_folder_and_overwrites_nothing(tool, lake, tmp_path):
    files = export_round(lake, ROUND, tool, tmp_path / "new" / "folder")
    assert files
    assert all(file.stat().st_size for file in files)
    with pytest.raises(SettingsError, match="exists: name another folder"):
        export_round(lake, ROUND, tool, tmp_path / "new" / "folder")


def test_drafts_and_discarded_responses_do_not_count(lake):
    said = {"item-0": [Said(1, "left", "draft"), Said(2, "left", "discarded"), Said(3, "tie")]}
    assert imported(lake, "argilla", written("argilla", said)) == Imported(new=1, not_submitted=2)
    assert winners(lake) == {(f"argilla:{argilla_user(3)}", "item-0"): "tie"}


def test_the_nested_form_of_argilla_does_not_say_what_was_submitted_so_nothing_is_taken(lake):
    [record, *_] = json.loads(files_of("argilla")["records.json"])
    record["responses"] = {"better": [{"value": "left", "user_id": argilla_user(1)}]}
    found = imported(lake, "argilla", [record])
    assert found == Imported(faults=["record 1: its responses do not say whether they were submitted"])


def test_a_project_that_asks_with_label_studio_s_own_pairwise_tag_is_read_too(lake):
    records = written("label_studio", {"item-0": [Said(1, "left")]})
    records[0]["annotations"][0]["result"] = [
        {"type": "pairwise", "from_name": "better", "value": {"selected": "right"}}
    ]
    assert imported(lake, "label_studio", records).new == 1
    assert winners(lake) != {}


@TOOL_NAMES
def test_an_answer_that_was_changed_supersedes_the_one_before(tool, lake):
    imported(lake, tool, written(tool, {"item-0": [Said(1, "left")]}))
    later = written(tool, {"item-0": [Said(1, "tie", at="2026-11-28T11:00:00Z")]})
    assert imported(lake, tool, later) == Imported(new=1)
    assert [one.number for one in answers_of(lake, ROUND)] == [1, 2]
    assert set(winners(lake).values()) == {"tie"}


def test_an_older_file_undoes_nothing_where_the_tool_says_when_answers_were_given(lake):
    old = written("label_studio", {"item-0": [Said(1, "left")]})
    new = written("label_studio", {"item-0": [Said(1, "tie", at="2026-11-28T11:00:00Z")]})
    imported(lake, "label_studio", new)
    assert imported(lake, "label_studio", old) == Imported(known=1)
    assert set(winners(lake).values()) == {"tie"}


def test_of_several_annotations_of_one_user_the_newest_counts(lake):
    said = [Said(1, "tie", at="2026-11-28T12:00:00Z"), Said(1, "left", at="2026-11-28T11:00:00+00:00")]
    assert imported(lake, "label_studio", written("label_studio", {"item-0": said})) == Imported(new=1)
    assert set(winners(lake).values()) == {"tie"}


@TOOL_NAMES
def test_two_answers_of_one_user_that_contradict_each_other_are_both_left_out(tool, lake):
    said = {"item-0": [Said(1, "left"), Said(1, "right")], "item-1": [Said(1, "tie"), Said(1, "tie")]}
    found = imported(lake, tool, written(tool, said))
    assert found.new == 1
    assert len(found.faults) == 1
    assert "answered item 'item-0' with left, right at once: none was taken" in found.faults[0]


def test_two_users_of_one_name_stay_two(lake):
    records = written("label_studio", {"item-0": [Said(1, "left"), Said(2, "right")]})
    for annotation in records[0]["annotations"]:
        annotation["completed_by"] = {"id": annotation["completed_by"], "first_name": "Ann", "email": "ann@x.org"}
    assert imported(lake, "label_studio", records) == Imported(new=2)
    assert {name for name, _ in winners(lake)} == {"label_studio:1", "label_studio:2"}


HOSTILE = {
    "another round": (lambda one: _put(one, "round", "other"), "it is of the round 'other'"),
    "an item that is not there": (lambda one: _put(one, "left", "x"), "the texts of item 'item-0' are not those"),
    "no texts": (lambda one: _put(one, "right", None), "right"),
    "a number for a record": (lambda one: 3, ""),
    "nothing for a record": (lambda one: None, ""),
    "a list for a record": (lambda one: [one], ""),
}


def _put(record, key, value):
    record.get("data", record)[key] = value
    return record


@TOOL_NAMES
@pytest.mark.parametrize("kind", [*HOSTILE])
def test_a_bad_record_is_named_and_the_others_are_taken(tool, kind, lake):
    spoil, sentence = HOSTILE[kind]
    records = written(tool, {"item-0": [Said(1, "left")], "item-1": [Said(1, "left")]})
    records[0] = spoil(records[0])
    found = imported(lake, tool, records)
    assert found.new == 1
    assert len(found.faults) == 1
    assert found.faults[0].startswith("record 1: ")
    assert sentence in found.faults[0]


@TOOL_NAMES
@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (Said(2, "chosen"), "'chosen' is no choice; there are left, right, tie, both_bad"),
        (Said(2, ""), "'' is no choice"),
        (Said(2, "left", reason="x" * 3000), "reason: String should have at most 2000 characters"),
        (Said(2, "left", reason="\ud800"), "reason: "),
    ],
)
def test_a_bad_answer_beside_a_good_one_in_the_same_record_loses_only_itself(tool, said, sentence, lake):
    found = imported(lake, tool, written(tool, {"item-0": [said, Said(1, "left")]}))
    assert found.new == 1
    assert sentence in found.faults[0]


@pytest.mark.parametrize(
    "annotation",
    [None, 3, {}, {"completed_by": None}, {"completed_by": 1, "result": 3}, {"completed_by": 1, "updated_at": "soon"}],
)
def test_a_bad_annotation_is_named_and_the_others_of_its_task_are_taken(annotation, lake):
    records = written("label_studio", {"item-0": [Said(1, "left")]})
    records[0]["annotations"].insert(0, annotation)
    found = imported(lake, "label_studio", records)
    assert found.new == 1
    assert found.faults[0].startswith("record 1, annotation 1: ")


@pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf"), None])
def test_a_lead_time_that_is_no_time_is_left_blank(seconds, lake):
    records = written("label_studio", {"item-0": [Said(1, "left")]})
    records[0]["annotations"][0]["lead_time"] = seconds
    assert imported(lake, "label_studio", records).new == 1
    assert answers_of(lake, ROUND)[0].seconds is None


def test_a_moment_without_a_zone_is_taken_as_utc(lake):
    said = [Said(1, "left", at="2026-11-28T10:00:00"), Said(1, "tie", at="2026-11-28T11:00:00Z")]
    assert imported(lake, "label_studio", written("label_studio", {"item-0": said})).new == 1
    assert set(winners(lake).values()) == {"tie"}


def test_a_file_of_the_other_tool_gives_a_sentence_for_each_record(lake):
    found = imported(lake, "argilla", written("label_studio", {"item-0": [Said(1, "left")]}))
    assert found.new == 0
    assert len(found.faults) == len(ITEMS)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "it is empty"),
        (b"  \n", "it is empty"),
        (b"\xff\xfe", "no text in UTF-8"),
        (b"PAR1", "neither JSON nor JSON Lines"),
        (b"[" * 100_000, "neither JSON nor JSON Lines"),
        (b"1" * 5_000, "neither JSON nor JSON Lines"),
    ],
)
def test_a_file_that_holds_no_record_is_refused_in_one_sentence(data, sentence, lake):
    with pytest.raises(BadDataError, match=sentence):
        import_answers(lake, ROUND, "argilla", data)


def test_json_lines_are_read_and_a_torn_last_line_costs_only_itself(lake):
    lines = [json.dumps(one) for one in written("argilla", {row.item_id: [Said(1, "left")] for row in ITEMS})]
    data = "\n".join([*lines[:-1], lines[-1][:30]]).encode()
    found = import_answers(lake, ROUND, "argilla", b"\xef\xbb\xbf" + data)
    assert found.new == len(ITEMS) - 1
    assert found.faults[0].startswith("line 6 is no JSON")


def test_a_closed_round_takes_nothing_and_says_so(lake):
    close_round(lake, ROUND, Closed(how="rejected", by="ann", at=AT))
    with pytest.raises(SettingsError, match="is closed"):
        imported(lake, "argilla", written("argilla", {"item-0": [Said(1, "left")]}))


def test_a_round_that_is_not_there_is_named(lake, tmp_path):
    with pytest.raises(SettingsError, match="no round of review 'none'"):
        export_round(lake, "none", "argilla", tmp_path)
    with pytest.raises(SettingsError, match="no round of review 'none'"):
        import_answers(lake, "none", "argilla", b"[]")
