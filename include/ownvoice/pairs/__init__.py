"""Pairs: triples that are proved verbatim, filtered and put on their side of the split."""
