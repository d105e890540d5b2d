"""Asking a model: client, rate limit, budget, stored answers, failures. Knows neither chunks nor triples."""
