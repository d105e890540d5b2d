"""The faithful cleaning: Markdown or HTML becomes plain text without losing a mark that the author typed."""
