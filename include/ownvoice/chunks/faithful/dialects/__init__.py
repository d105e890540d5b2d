"""Dialects: what blogs, vaults and site generators write beside Markdown, and never show to a reader.

Hugo, Jekyll, WordPress, kramdown, Pandoc, MDX, Obsidian, MyST. `table` lists the marks, `mask_dialects` writes over
them, and `private_spans` says where a text holds what its author keeps from readers.
"""

from ownvoice.chunks.faithful.dialects.directives import open_boxes
from ownvoice.chunks.faithful.dialects.mask import has_private, mask_dialects, private_spans

__all__ = ["has_private", "mask_dialects", "open_boxes", "private_spans"]
