"""Conversations without a summary, and what proposes one. Imports the other actions; `cli` imports it."""
