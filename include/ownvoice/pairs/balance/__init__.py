"""Which pairs train, so that neither length nor punctuation tells chosen from rejected. Pure."""
