"""What a dataset version is about: topics, a map, coverage by pairs, diversity, and what to generate next."""
