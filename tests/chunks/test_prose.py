"""Pages of navigation alone are asked about no more than empty ones, and the report counts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ownvoice.chunks.prose import has_prose
from ownvoice.dataset.verify import verify
from ownvoice.reports.report import write_report
from stand_ins.night import Night


@pytest.mark.parametrize(
    "page",
    [
        "# Archive\n\n- [What is waiting?](/a)\n- [Ropes, and what they know.](/b)\n- [On plums](/c)\n",
        "# Archive\n\n## 2021\n\n- 2021-11-03 [On waiting in the harbour](/a)\n- [On ropes](/b) (3 Nov. 2020)\n",
        '# My site\n\n[Home](/) | [About](/about "Who I am.") | [Posts](/posts)\n',
        "[On waiting.](/a)\n\nNov 3, 2021\n\n[On ropes.](/b)\n\nNov 3, 2021\n",
        "# Index\n\n- [[On waiting?]]\n- [[On ropes|Ropes.]]\n\n![[cover.png]]\n",
        "- [On waiting.][1]\n- [On ropes.][2]\n\n[1]: https://example.org/a\n[2]: https://example.org/b\n",
        "https://example.org/a?b=c.\n<https://example.org/b.>\n",
        "<ul>\n<li><a href='/a'>On waiting.</a></li>\n<li><a href='/b'>On ropes.</a></li>\n</ul>\n",
        "# Tags\n\nharbour (3) ropes (4) plums (2)\n",
        "Home\n\nAbout\n\nContact\n",
        "| Post | Date |\n|---|---|\n| [On waiting.](/a) | 2021 |\n",
        "1. [On waiting](/a)\n2. [On ropes](/b)\n",
        "# Only a title\n",
        "![A harbour at night.](harbour.png)\n",
    ],
)
def test_a_page_without_a_sentence_outside_its_links_is_no_prose(page):
    assert not has_prose(page)


@pytest.mark.parametrize(
    "page",
    [
        "Hm.",
        "I wrote [about waiting](/a) and [about ropes](/b).",
        "# Posts\n\n- [On waiting](/a): How I learned to wait.\n",
        "[A](/a) [b](/b) [c](/c)\n\nThese are the three that I would keep!",
        "待つことについて書いた。",
        "«Oui.»",
        "ผมเขียนเรื่องการรอ",
        "هل تعرف البحر؟",
    ],
)
def test_a_sentence_in_any_script_is_prose(page):
    assert has_prose(page)


@given(st.text("[]()!<>a/:. \n\"'https", max_size=60))
def test_any_text_is_either(page):
    assert has_prose(page) in (True, False)


def test_navigation_is_asked_about_no_night_and_counted_once(lake, tmp_path, offline_model):
    night = Night(lake, tmp_path / "articles", offline_model)
    night.write("a")
    night.put("index", "# Archive\n\n- [On waiting](/a)\n- [On ropes](/b)\n")
    night.run("one")
    assert write_report(lake, "one").left_out == {"no_prose": 1}
    assert night.run("two") is None
    assert write_report(lake, "two").left_out == {}
    night.put("a", "# Moved\n\n- [On waiting](/b)\n")
    version = night.run("three")
    assert (version.pairs, write_report(lake, "three").left_out) == (0, {"no_prose": 1})
    assert verify(lake).digest_matches
