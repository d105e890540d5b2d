"""An HTML page on its way to an article: its encoding, its tree, its main text, and that text as Markdown."""
