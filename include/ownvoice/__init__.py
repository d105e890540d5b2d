"""Ownvoice: articles become preference data with a proof for every chosen answer, and models trained on it.

The rooms follow the way of the data: `articles`, `chunks`, `triples`, `pairs`, `dataset`, `training`, `reports`,
`pages`. A room imports only from rooms before it; pyproject.toml has the whole order.
"""
