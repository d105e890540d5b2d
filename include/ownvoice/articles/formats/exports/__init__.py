"""What writing platforms, mail programs and word processors export, as articles."""
