"""What the vault doesn't hold, as far as the vault itself tells. Imports the other actions; `cli` imports it."""
