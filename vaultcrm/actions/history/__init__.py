"""A client at another time: as it was on a day, and what has changed since. Imports the other actions; only `cli` imports it."""
