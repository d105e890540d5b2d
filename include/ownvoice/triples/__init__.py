"""Triples: one request a chunk to an OpenAI-compatible model; every answer kept by content."""
