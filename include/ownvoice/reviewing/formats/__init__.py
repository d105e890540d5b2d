"""Rounds of review in the file formats of other review tools: a module for each, and what they have in common."""
