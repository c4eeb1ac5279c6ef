"""The command line: the group of commands, and how they print."""
