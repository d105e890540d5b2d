"""The report of a refresh run: numbers, audits, waterfall, history, text and HTML."""
