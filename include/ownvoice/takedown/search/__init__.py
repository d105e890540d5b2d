"""The search of a takedown: whether anything that the lake stores still holds what was withdrawn."""
