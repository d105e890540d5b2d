"""Further prompts for quotes that are proved: they are augmented, never the chosen answers (docs/decisions/0065)."""
