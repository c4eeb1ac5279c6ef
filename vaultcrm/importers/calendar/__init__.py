"""Calendars (RFC 5545): what a file says, and which meetings follow from it."""
