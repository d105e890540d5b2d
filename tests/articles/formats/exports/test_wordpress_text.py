"""Bodies of WordPress posts."""

from __future__ import annotations

import pytest

from stand_ins.exports import wxr, wxr_item
from stand_ins.source_objects import read, texts

BODIES = {
    "We waited.\n\nThe lamps\nwere lit.": "We waited.\n\nThe lamps\\\nwere lit.",
    "We waited.\r\n\r\n<h2>Later</h2>\r\nThey came.": "We waited.\n\n## Later\n\nThey came.",
    "We waited.\n\n<ul>\n<li>one</li>\n\n<li>two</li>\n</ul>": "We waited.\n\n- one\n- two",
    'One [gallery ids="1,2"] two [sic].': "One two \\[sic\\].",
    '[caption id="a" width="1"]<img src="a.png"/> A lamp.[/caption]\n\nWe waited.': "A lamp.\n\nWe waited.",
    "We waited. [code]x = 1[/code] Then [embed]https://x.example[/embed] left.": "We waited. Then left.",
    "<!-- wp:paragraph --><p>We waited.</p><!-- /wp:paragraph --><!--more--><p>Then.</p>": "We waited.\n\nThen.",
}


@pytest.mark.parametrize("body", BODIES)
def test_a_body_has_its_paragraphs_and_no_shortcodes(body):
    assert texts(read("blog.xml", wxr(wxr_item(1, body)))) == [BODIES[body]]
