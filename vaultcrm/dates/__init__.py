"""Dates: read from words, written for people, repeated by rules. Imports only errors and normalize."""
