"""Dataset: the tables of the lake, one atomic version a run, and the proof of it."""
