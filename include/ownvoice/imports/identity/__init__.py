"""The identity recipe: chosen answers state who made the model, and rejected ones claim another origin."""
