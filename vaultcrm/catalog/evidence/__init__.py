"""What the vault tells about what it doesn't hold."""
