"""Answering a job with models of the lake or the Hub, and scoring texts with them."""
