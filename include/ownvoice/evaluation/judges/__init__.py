"""Judges: models that are asked which of two answers is better, in both orders, and how their verdicts are counted."""
