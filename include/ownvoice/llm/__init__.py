"""Sending requests to models: client, rate limit, budget, stored answers, retries.

It imports nothing of chunks and triples: a request carries the id of an article and the index of a chunk as labels, and
how its answer is read is given to it as a function.
"""
