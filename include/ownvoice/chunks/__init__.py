"""Chunks: the cleaned text of an article, with a map back to the original, cut at sentence ends."""

from ownvoice.chunks.chunk import Chunk
from ownvoice.chunks.cleaned_text import CleanedText
from ownvoice.chunks.cleaning import clean, cleaning_version, render
from ownvoice.chunks.cut_article import cut_article

__all__ = ["Chunk", "CleanedText", "clean", "cleaning_version", "cut_article", "render"]
