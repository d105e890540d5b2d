"""Ownvoice: articles become provable preference data, night by night.

The rooms stand in the way of the data, and each imports only from rooms before it:
`articles`, `chunks`, `triples`, `pairs`, `dataset`, `monitoring`.
"""
