"""What was said elsewhere comes into the vault: read, filed with its client, made harmless, written once."""
