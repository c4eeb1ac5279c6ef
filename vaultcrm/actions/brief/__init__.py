"""Where things stand with one client. Imports the other actions; `actions.history` and `cli` import it."""
