"""Reading training runs back from the lake: one run, several compared, report, curves and lineage."""
