"""Mixtures: which share of the author's pairs and of imported sets a training is on, and the list of its rows."""
