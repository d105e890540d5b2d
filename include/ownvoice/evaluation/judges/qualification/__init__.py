"""Qualification: judges are asked about planted controls, and excluded by rule, before a verdict of theirs counts."""
