"""Finding near-duplicates: sketches of texts, an index of them in the lake, and the search in it."""
