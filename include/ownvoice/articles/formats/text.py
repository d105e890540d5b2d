"""Articles as Markdown and plain text: one an object, with front matter or a sidecar."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.articles.article import ReadResult
from ownvoice.articles.formats.fields import make_article
from ownvoice.articles.formats.front_matter import split_front_matter
from ownvoice.articles.formats.opened import OpenedObject, decoded
from ownvoice.config.source_rules import SourceRules


def read_text(opened: OpenedObject, rules: SourceRules) -> Iterator[ReadResult]:
    """Yield the article. Its content begins below the front matter, whose fields come before the sidecar's."""
    fields, content = split_front_matter(decoded(opened.read_whole("cut it into articles")), rules)
    yield make_article(opened.key, content, [*fields, *opened.sidecars], rules)
