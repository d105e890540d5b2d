"""The formats a source may hold articles in, each a reader."""
