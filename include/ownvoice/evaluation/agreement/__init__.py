"""Agreement: how far those who say which answer is better, judges or people, agree with each other. Pure."""
