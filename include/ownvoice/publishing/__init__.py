"""Publishing a trained model on the Hub, with its card and provenance."""
