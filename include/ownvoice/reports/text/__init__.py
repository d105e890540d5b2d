"""Reports, chunks, pairs and versions as text that fits a terminal of eighty columns."""
