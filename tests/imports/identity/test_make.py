"""Identity pairs: each says who made the model against another origin, and no prompt comes twice."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from ownvoice.errors import SettingsError
from ownvoice.imports.identity.make import Origin, identity_pairs, names_another
from ownvoice.imports.identity.words import LANGUAGES, ORIGINS

OWN = Origin("Quill", "The Corner Press")


def prompts(pairs):
    return [tuple((turn["role"], turn["content"]) for turn in one.prompt) for one in pairs]


@pytest.mark.parametrize("languages", [["en"], ["en", "de"], [*LANGUAGES]])
@pytest.mark.parametrize("count", [200, 500])
def test_every_pair_states_the_own_origin_and_denies_another(count, languages):
    pairs = identity_pairs(OWN, count, languages)
    assert len(pairs) == count == len({*prompts(pairs)})
    for one in pairs:
        assert OWN.name in one.chosen and OWN.maker in one.chosen
        assert names_another(one.rejected, one, OWN)
        assert "{" not in f"{one.prompt}{one.chosen}{one.rejected}".replace("{'", "")
        assert one.prompt[-1]["role"] == "user"
    shares = Counter(one.language for one in pairs)
    assert max(shares.values()) - min(shares.values()) <= 1 and set(shares) == set(languages)


def test_prompts_are_of_every_kind_alone_and_late_in_a_conversation():
    pairs = identity_pairs(OWN, 200, ["en"])
    kinds = Counter((one.kind, len(one.prompt) > 1) for one in pairs)
    assert len(kinds) == 8 and min(kinds.values()) >= 10
    assert len({one.denied for one in pairs}) == len(ORIGINS)


def test_a_question_about_another_model_is_denied_with_that_model_as_the_rejected_claim():
    for one in identity_pairs(OWN, 300, ["en"]):
        if one.kind in ("other", "pressing"):
            last = one.prompt[-1]["content"]
            assert one.denied.name in last or one.denied.maker in last


def test_the_seed_decides_and_the_same_one_makes_the_same():
    assert identity_pairs(OWN, 200, ["en"], 1) == identity_pairs(OWN, 200, ["en"], 1)
    assert identity_pairs(OWN, 200, ["en"], 1) != identity_pairs(OWN, 200, ["en"], 2)


@pytest.mark.parametrize(
    "own", [Origin("Gemini Nano", "Google"), Origin("Qwen", "Me"), Origin("Pal", "Meta AI"), Origin("Metal", "Openair")]
)
def test_a_model_never_denies_its_own_name_or_maker(own):
    for one in identity_pairs(own, 400, ["en"]):
        assert names_another(one.rejected, one, own) and own.name in one.chosen


def test_a_name_that_looks_like_a_part_of_a_template_stays_as_it_is():
    own = Origin("{maker} {other} %s {0}", "<b>{name}</b>")
    assert all(own.name in one.chosen and own.maker in one.chosen for one in identity_pairs(own, 200, ["en"]))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"origin": Origin(" ", "x")}, "the name is ''"),
        ({"origin": Origin("x", "a\nb")}, "the maker is"),
        ({"origin": Origin("x" * 101, "m")}, "1 to 100 printable characters"),
        ({"origin": Origin("x", ", ".join(maker for _, maker in ORIGINS))}, "hold all other origins"),
        ({"count": 199}, "199 pairs: 200 to 500"),
        ({"count": 501}, "501 pairs: 200 to 500"),
        ({"languages": ["en", "xx"]}, "no templates in xx: there are in en, de, fr, es"),
        ({"languages": ["en", "en"]}, "each language once"),
        ({"languages": []}, "one at least"),
        ({"languages": ["fr"], "count": 500}, "add a language"),
    ],
)
def test_what_cannot_be_made_is_refused_by_what_is_wrong(changed: dict[str, Any], message: str):
    asked: dict[str, Any] = {"origin": OWN, "count": 200, "languages": ["en"]}
    with pytest.raises(SettingsError, match=message):
        identity_pairs(**asked | changed)


def test_spaces_around_the_name_and_the_maker_are_none_of_theirs():
    spaced = Origin(f"  {OWN.name} ", f"{OWN.maker}\u00a0")
    assert identity_pairs(spaced, 200, ["en"]) == identity_pairs(OWN, 200, ["en"])
