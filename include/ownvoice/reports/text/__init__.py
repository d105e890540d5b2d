"""Reports, chunks, pairs and versions as text that fits a terminal of a hundred columns."""
