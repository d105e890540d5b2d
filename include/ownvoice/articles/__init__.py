"""Articles: the source in any format, read into one shape, and compared with what the lake knows."""
