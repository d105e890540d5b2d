"""Dataset: the tables of the lake, one atomic version a night, and the proof of it."""
