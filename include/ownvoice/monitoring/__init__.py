"""Monitoring: what a refresh did, in numbers that add up."""
