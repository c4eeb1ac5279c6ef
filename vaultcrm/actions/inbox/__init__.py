"""What is parked in the inbox: seen, filed with a client, or left out for good."""
