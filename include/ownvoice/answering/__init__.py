"""Answering: prompts in, answers out, by a model of an endpoint, the lake or the Hub; each answer is made once."""
