"""What training runs left in the lake, read back and compared."""
