"""Scrubbing: what a takedown does with each object of the lake that holds something of what is withdrawn."""
