"""Asking through an endpoint's batch API, at half the price and within a day."""
