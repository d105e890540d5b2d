"""Each export says the same things to Ownvoice, however its tool spells them."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from ownvoice.feedback.event import Event, Salted, events_of
from ownvoice.feedback.formats.read import FORMATS, Refused, Source, pieces_of
from ownvoice.feedback.said import Kind
from stand_ins import feedback_exports as exports


def read(*objects: tuple[str, bytes]) -> tuple[list[Event], list[Refused]]:
    pieces: list[tuple[Source, Any]] = []
    refused: list[Refused] = []
    for key, data in objects:
        for one in pieces_of(key, data):
            (refused if isinstance(one, Refused) else pieces).append(one)
    return list(events_of(pieces, Salted(lambda name: f"salted {name}", {"u-77": "jane"}))), refused


def as_json(*records: Any) -> bytes:
    return json.dumps(list(records)).encode()


def test_open_webui_says_who_rated_which_answer_and_what_was_asked_before() -> None:
    (up, down), refused = read(
        ("f.json", as_json(exports.openwebui(1), exports.openwebui(-1, message_id="a2", comment="dull")))
    )
    assert not refused
    assert (up.kind, up.answer, up.person, up.author_id) == (Kind.UP, "Begin plainly.", "salted u-77", "jane")
    assert [turn["role"] for turn in up.turns] == ["system", "user"]
    assert (up.model, up.tags, up.consent) == ("llama3:8b", ("writing", "bad_style"), True)
    assert up.said_at is not None and up.said_at.year == 2026
    assert (down.kind, down.answer, down.comment) == (Kind.DOWN, "In conclusion, ...", "dull")
    assert up.parent_key == down.parent_key != ""


def test_an_answer_edited_in_open_webui_is_an_edit_and_its_vote_is_marked_as_of_an_edited_one() -> None:
    edited = exports.openwebui(1, message={"content": "I begin plainly.", "originalContent": "Begin plainly."})
    (vote, edit), _ = read(("f.json", as_json(edited)))
    assert (edit.kind, edit.answer, edit.other) == (Kind.EDIT, "Begin plainly.", "I begin plainly.")
    assert (vote.kind, vote.other) == (Kind.UP, "I begin plainly.")


def test_open_webui_records_that_lack_their_chat_or_have_a_ring_of_parents_stop_nothing() -> None:
    ringed = exports.openwebui(1)
    ringed["snapshot"]["chat"]["chat"]["history"]["messages"]["s"]["parentId"] = "u1"
    lost = exports.openwebui(-1, message_id="gone")
    odd = exports.openwebui(0)
    (one, two), (refused,) = read(("f.json", as_json(ringed, lost, odd)))
    assert one.turns[-1]["content"] == "How do I begin?" and two.answer == ""
    assert str(refused) == "f.json, record 3: its rating is 0: a rating of Open WebUI is 1 or -1"


@pytest.mark.parametrize("whole", [True, False])
def test_librechat_is_read_as_a_conversation_and_as_a_collection_of_messages(whole: bool) -> None:
    conversation = exports.librechat()
    apart = [one | {"consent": True} for one in conversation["messages"]]
    events, refused = read(("m.jsonl", exports.lines(*([conversation] if whole else apart))))
    assert not refused
    by_kind = {one.kind: one for one in events}
    assert by_kind[Kind.UP].answer == "Short." and by_kind[Kind.UP].tags == ("clear",)
    assert by_kind[Kind.DOWN].answer.startswith("Certainly!")
    assert all(one.turns == ({"role": "user", "content": "Shorter, please."},) for one in events)
    assert by_kind[Kind.UP].parent_key == by_kind[Kind.DOWN].parent_key and events[0].consent is True


def test_librechat_messages_in_a_tree_are_found_and_a_rating_it_does_not_have_is_refused_alone() -> None:
    flat = exports.librechat()["messages"]
    flat[2]["feedback"]["rating"] = "meh"
    tree = {"conversationId": "c9", "recursive": True, "messages": [flat[0] | {"children": flat[1:]}]}
    (only,), (refused,) = read(("tree.json", as_json(tree)))
    assert only.answer == "Short." and "'meh'" in refused.why


def test_chat_ui_has_no_people_no_siblings_and_says_nothing_of_consent() -> None:
    (only,), refused = read(("chats.parquet", exports.chat_ui()))
    assert not refused
    assert (only.kind, only.answer, only.parent_key, only.consent) == (Kind.UP, "Hi.", "", None)
    assert [turn["role"] for turn in only.turns] == ["system", "user"]


def test_conversations_of_chat_uis_database_have_siblings_and_people() -> None:
    messages = [
        {"id": "u", "from": "user", "content": "Hello", "ancestors": []},
        {"id": "a", "from": "assistant", "content": "Hi.", "ancestors": ["u"], "score": 1},
        {"id": "b", "from": "assistant", "content": "Certainly!", "ancestors": ["u"], "score": -1},
    ]
    record = {"_id": {"$oid": "c1"}, "userId": {"$oid": "u1"}, "model": "m", "messages": messages}
    (up, down), _ = read(("conversations.jsonl", exports.lines(record)))
    assert up.parent_key == down.parent_key != "" and up.person == "salted u1"
    assert up.turns == down.turns == ({"role": "user", "content": "Hello"},)


def test_what_an_api_wraps_into_an_object_and_chats_without_a_history_are_read() -> None:
    wrapped = {"data": [exports.langfuse_trace(), exports.langfuse_score()], "meta": {"page": 1}}
    flat = exports.openwebui(1)
    chat = flat["snapshot"]["chat"]["chat"]
    chat["messages"] = list(chat.pop("history")["messages"].values())
    events, refused = read(("api.json", json.dumps(wrapped).encode()), ("flat.json", as_json(flat)))
    assert not refused and [one.answer for one in events] == ["It is so.", "Begin plainly."]


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({}, Kind.UP),
        ({"value": 0}, Kind.DOWN),
        ({"value": "0.0"}, Kind.DOWN),  # as a CSV has it
        ({"dataType": "CATEGORICAL", "value": None, "stringValue": "thumbs_down"}, Kind.DOWN),
        ({"source": "EVAL"}, Kind.MODEL_RATING),
        ({"dataType": "CORRECTION", "value": None, "stringValue": "It is not so."}, Kind.EDIT),
    ],
)
def test_a_score_of_langfuse_finds_its_trace_in_another_object(fields: dict[str, Any], kind: Kind) -> None:
    score, trace = as_json(exports.langfuse_score(**fields)), as_json(exports.langfuse_trace())
    (only,), refused = read(("a/scores.json", score), ("b/traces.json", trace))
    assert not refused
    assert (only.kind, only.answer, only.person, only.consent) == (kind, "It is so.", "salted u5", True)
    assert only.turns == ({"role": "user", "content": "Explain it."},)


def test_a_score_of_langfuse_without_a_direction_is_refused_and_scores_inside_a_trace_count() -> None:
    trace = exports.langfuse_trace() | {
        "scores": [exports.langfuse_score(), exports.langfuse_score(dataType="TEXT", value=None, stringValue="so-so")]
    }
    (only,), (refused,) = read(("t.jsonl", exports.lines(trace)))
    assert only.kind == Kind.UP and "neither up nor down" in refused.why


def test_scores_of_langfuse_are_read_from_csv_whose_cells_hold_json() -> None:
    csv = (
        "id,traceId,userId,input,output,metadata,name,dataType,value,source\r\n"
        't1,,u5,"{""messages"": [{""role"": ""user"", ""content"": ""Explain, please""}]}",It is so.,'
        '"{""consent"": true}",,,,\r\n'
        "s1,t1,,,,,helpful,NUMERIC,1,API\r\n"
    )
    (only,), refused = read(("all.csv", csv.encode()))
    assert not refused and only.turns[0]["content"] == "Explain, please"
    assert (only.answer, only.consent) == ("It is so.", True)


@pytest.mark.parametrize(
    "written",
    [
        '<details type="reasoning" done="true">\n<summary>Thought</summary>\n&gt; Hm.\n</details>\nPlainly.',
        "<think>\nHm.\n</think>\n\nPlainly.",
        ":::thinking\nHm.\n:::\nPlainly.",
    ],
)
def test_the_thoughts_of_a_model_are_no_part_of_its_answer_where_a_tool_keeps_them_in_the_text(written: str) -> None:
    (said,), _ = read(("f.json", as_json(exports.openwebui(1, message={"content": written}))))
    assert said.answer == "Plainly."


def test_openai_preferences_are_choices_and_one_with_two_messages_is_refused() -> None:
    twice = exports.openai_preference()
    twice["preferred_output"] *= 2
    (only,), (refused,) = read(("p.jsonl", exports.lines(exports.openai_preference(), twice)))
    assert (only.kind, only.answer, only.other) == (Kind.CHOICE, "This.", "As an AI, ...")
    assert refused.place == "line 2" and refused.why.startswith("preferred_output is no single message")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"kind": "sideways"}, "kind: Input should be"),
        ({"prompt": None}, "it needs `prompt` or `messages`"),
        ({"other": "x"}, "`other` belongs to an edit and a choice"),
        ({"kind": "edit"}, "`other` belongs to an edit and a choice"),
        ({"consents": True}, "consents: Extra inputs are not permitted"),
        ({"consent": "perhaps"}, "consent: Input should be a valid boolean"),
    ],
)
def test_a_line_of_the_plain_form_that_is_not_right_is_refused_with_its_field(fields: dict[str, Any], why: str) -> None:
    good, bad = exports.line("up", "Good."), exports.line("up", "Bad.") | fields
    bad = {name: value for name, value in bad.items() if value is not None}
    events, (refused,) = read(("own.jsonl", exports.lines(good, bad)))
    assert [one.answer for one in events] == ["Good."]
    assert refused.place == "line 2" and why in refused.why


@pytest.mark.parametrize(
    ("key", "data"),
    [
        ("a.parquet", b"PAR1 no more"),
        ("a.json", b"\xff\xfe\x00"),
        ("a.jsonl.gz", b"\x1f\x8b no gzip"),
        ("a.jsonl", b"{broken\n[]\n7\n"),
        ("a.json", b"[" * 200_000),
        ("a.json", b'{"kind": {"deep": []}, "prompt": 3}'),
        ("a.json", b'{"data": {"rating": 1}, "meta": {"message_id": [1]}, "snapshot": {"chat": "no"}}'),
        ("a.json", b'{"id": 1, "input": null, "output": {"message": 3}, "scores": [{"value": NaN}]}'),
        ("a.json", b'{"messages": [{"messageId": "x", "feedback": {"rating": 3}}]}'),
        ("a.json", b'{"messages": [{"from": "assistant", "score": "1e999"}]}'),
        ("a.json", b'{"preferred_output": 3, "non_preferred_output": null}'),
        ("a.csv", b'traceId,value\n"open quote'),
    ],
)
def test_nothing_in_an_object_raises_and_what_is_refused_is_named(key: str, data: bytes) -> None:
    _events, refused = read((key, data), ("good.jsonl", exports.lines(exports.line("up", "Good."))))
    assert [one.answer for one in _events if one.answer] == ["Good."]
    assert all(one.file == key and one.why for one in refused)


def test_half_a_surrogate_pair_and_a_time_out_of_range_become_what_can_be_stored() -> None:
    record = exports.openwebui(1, at=1e300, message={"content": "\ud83d end"})
    record["created_at"] = None
    (only,), _ = read(("f.json", json.dumps([record]).encode()))
    assert only.answer == "\ufffd end" and only.said_at is None


def test_a_thing_that_two_files_say_in_two_forms_of_packing_is_said_once() -> None:
    data = exports.lines(exports.line("up", "Good."))
    events, _ = read(("a.jsonl", data), ("b.jsonl.gz", gzip.compress(data)), ("c.json", as_json(json.loads(data))))
    assert len(events) == 1


def test_every_format_says_how_it_is_told_and_where_consent_stands() -> None:
    assert len({one.NAME for one in FORMATS}) == len(FORMATS)
    assert all(one.TELLS and one.CONSENT for one in FORMATS)
