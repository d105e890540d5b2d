"""Takedown: what an author asks to be gone leaves every table, every version and the log, and stays provable."""
