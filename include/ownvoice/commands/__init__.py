"""The commands of the command line: each reads its options, asks one room, and prints."""
