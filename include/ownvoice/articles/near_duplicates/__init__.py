"""Finding near-duplicate articles by sketches kept in the lake."""
