"""The screen about a client: its rows, which of them fit, and how they are printed. Only the command imports it."""
