"""Git, run as a program: the one door to it, and which repository settings are safe. Imports only errors and normalize."""
