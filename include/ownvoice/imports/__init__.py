"""Preferences that are no pairs of this lake's articles: known sets, and the table of all that is imported."""
