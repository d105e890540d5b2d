"""One training on several GPUs: a process for each, started together, which sees its share of every step."""
