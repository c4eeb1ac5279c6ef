"""The command line: one file for a family of commands; each parses, calls one action, prints."""
