"""From what a person asks for to the recipe files that the trainer is started with."""
