"""How notes look on a terminal. For `cli` only."""
