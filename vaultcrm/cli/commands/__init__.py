"""One module for each family of commands. Each parses its arguments, calls one action, and prints what it returns."""
