"""People who review pairs: what they are shown, what they answer, and what follows from it."""
