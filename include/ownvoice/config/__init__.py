"""What was asked for: settings, recipe, generators, prices, source rules, the options of a run."""
