"""Training: one dataset version and one recipe become a checked, merged model in the lake.

The only room that imports torch, and only inside functions: recipe, run and health work without it.
"""
