"""The line that says that an article was taken down, for commands that find nothing of it."""

from __future__ import annotations

from collections.abc import Iterator

from ownvoice.articles.tombstones import tombstones
from ownvoice.storage.lake import Lake


def taken_down_line(lake: Lake, article_id: str | None) -> Iterator[str]:
    """Yield why there is nothing of an article, where a takedown is the reason."""
    takedown_id = tombstones(lake).refuses(article_id=article_id, source_key=article_id) if article_id else None
    if takedown_id:
        yield (
            f"{article_id} was taken down, and is refused at the source: `ownvoice lineage --article {article_id}` "
            f"says what takedown {takedown_id} withdrew"
        )
