"""The selection of a version: made in its commit, over all its pairs."""
