"""Chunks: the cleaned reading of an article, with a map back, cut at sentence ends."""
