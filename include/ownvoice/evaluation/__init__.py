"""Evaluation: what a trained model learnt, measured on held-out articles of the author."""
