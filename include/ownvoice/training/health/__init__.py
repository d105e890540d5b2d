"""The health of a training run: the rules, their findings over curves and merge, and the verdict. Pure."""
