"""Articles: what stands in the source, read into one form, and what changed since the last night."""
