"""Articles as Markdown and plain text: one an object, with front matter or a sidecar."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ownvoice.articles.article import ReadResult
from ownvoice.articles.formats.fields import make_article
from ownvoice.articles.formats.front_matter import split_front_matter
from ownvoice.articles.formats.opened import OpenedObject, decoded
from ownvoice.articles.formats.unpack import without_packing
from ownvoice.config.source_rules import SourceRules

_INDENT = re.compile(r"^(?: {4}|\t)[ \t]*+(?=\S)", re.MULTILINE)


def read_text(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the article. Its content begins below the front matter, whose fields come before the sidecar's.

    In plain text an indent is that of a paragraph, and no mark of code as in Markdown: it is taken away.
    """
    fields, content = split_front_matter(decoded(opened.read_whole("cut it into articles")), rules)
    if without_packing(opened.key).endswith(".txt"):
        content = _INDENT.sub("", content)
    yield make_article(opened.key, content, [*fields, *opened.sidecars], rules)
