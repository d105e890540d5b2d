"""Grams: what makes two texts share a passage, an index of them in the lake, and the search for the shared ones."""
