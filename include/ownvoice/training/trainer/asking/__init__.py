"""Asking a few models a question and showing their answers side by side in a terminal, while they are made."""
