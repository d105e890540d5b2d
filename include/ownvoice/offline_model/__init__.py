"""The stand-in model server that ships with the package."""
