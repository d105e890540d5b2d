"""The formats in which a source may hold articles: a reader each, in one table."""
