from __future__ import annotations

from ownvoice.llm.request_form import CHANGES, RequestForm

BODY = {"model": "m", "max_tokens": 7, "temperature": 0.7, "seed": 2}


def test_a_request_is_sent_as_it_is_until_a_model_refuses_a_field() -> None:
    assert RequestForm().body(BODY) == BODY


def test_a_refused_field_is_sent_otherwise_from_then_on() -> None:
    form = RequestForm()
    assert all(form.refuse(field, form.not_taken) for field in CHANGES)
    assert form.body(BODY) == {"model": "m", "max_completion_tokens": 7}


def test_a_field_that_is_refused_in_its_other_form_too_has_none_left() -> None:
    form = RequestForm()
    assert form.refuse("temperature", sent=frozenset())
    assert form.refuse("temperature", sent=frozenset()), "this one went out before the first refusal arrived"
    assert not form.refuse("temperature", sent=form.not_taken)


def test_a_field_without_another_form_is_refused_for_good() -> None:
    assert not RequestForm().refuse("response_format", frozenset())
