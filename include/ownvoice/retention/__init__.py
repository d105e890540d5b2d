"""Retention: what of a lake may be deleted, and when; deleting it while nothing else writes to the lake."""
