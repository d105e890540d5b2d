"""Chunks: the cleaned reading of an article, with a map back, cut at sentence ends."""

from ownvoice.chunks.chunk import Chunk
from ownvoice.chunks.cleaned import CleanedText
from ownvoice.chunks.reading import clean, cleaning_version, cut_article, render

__all__ = ["Chunk", "CleanedText", "clean", "cleaning_version", "cut_article", "render"]
