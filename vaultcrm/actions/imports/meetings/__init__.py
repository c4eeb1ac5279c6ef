"""Calendars become interactions, and follow what the calendar says of them later."""
