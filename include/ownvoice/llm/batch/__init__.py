"""The batch API of an endpoint: files, batch jobs, intents, results."""
