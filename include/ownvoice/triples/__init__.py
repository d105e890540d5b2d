"""Triples: what a model is asked about a chunk, and what it answers."""
