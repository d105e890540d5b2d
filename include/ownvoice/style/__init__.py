"""Style: measures of how a text is written, apart from what it is about. Pure."""
