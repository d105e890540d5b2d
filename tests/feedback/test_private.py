"""Secrets and personal data are seen in the forms that they have, and prose is left alone."""

from __future__ import annotations

import pytest

from ownvoice.feedback.private import personal_data_in, secret_in


@pytest.mark.parametrize(
    "text",
    [
        "use sk-" + "proj-abcDEF123456789012345678",
        "ghp_" + "a1B2" * 9,
        "hf_" + "abcdEFGH12" * 4,
        "AKIA" + "IOSFODNN7EXAMPLE",
        "xoxb-" + "123456789012-abcdef",
        "Authorization: Bearer abcdefghijklmnop0123456789",
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn",
        "postgres://admin:hunter22@db.example/prod",
        "My password is Hunter22!",
        "API_KEY=9f8e7d6c5b4a3210",
        '"client_secret": "Zx91-kk2LL"',
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcDEF12345",
    ],
)
def test_a_secret_is_seen(text: str) -> None:
    assert secret_in(["plain", f"Here: {text} and on."])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ada.lovelace+x@reader.example.org", "an e-mail address"),
        ("4111 1111 1111 1111", "a card number"),
        ("5500-0000-0000-0004", "a card number"),
        ("DE89 3704 0044 0532 0130 00 please", "an account number"),
        ("GB82WEST12345698765432", "an account number"),
        ("+49 30 1234567", "a telephone number"),
        ("(415) 555-2671", "a telephone number"),
        ("030/1234567", "a telephone number"),
        ("219-09-9999", "a social security number"),
    ],
)
def test_data_of_a_person_are_seen_by_their_kind(text: str, kind: str) -> None:
    assert personal_data_in([f"Write to {text}."]) == kind


@pytest.mark.parametrize(
    "text",
    [
        "The password: required, at least eight letters. Reset your token: see chapter 12.",
        "Her secret is patience; a token of thanks is enough.",
        "In 2024, 3,500,000 people read 1234567890123 pages between 1999-2024 at 10:30.",
        "Version 2.10.300 of 2026-11-29 costs 1 299.00; see 10.1000/182 and 978-3-16-148410-0.",
        "Take 100-200 g of flour, 3.14159265358979 of pi and ratio 16:9. Call me @ noon.",
        "a" * 5000 + "@",
        "1 " * 4000,
        "030/" + "1" * 5000 + "x",
        "+49" + "1" * 5000 + "x",
        "a://b:" + "c" * 5000,
    ],
)
def test_prose_and_numbers_are_left_alone(text: str) -> None:
    assert (secret_in([text]), personal_data_in([text])) == ("", "")
