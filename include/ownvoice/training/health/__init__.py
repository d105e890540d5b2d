"""The health of a training run: rules over its curves and its merge, what they found, and the verdict."""
