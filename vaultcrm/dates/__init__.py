"""Dates: parsed from words, written in words, repeated by rules. Imports only errors and normalize."""
