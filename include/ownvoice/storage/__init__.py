"""The lake and the stores below it: objects, tables, versions, the layout of keys."""
