"""Cards of address books become clients and people, merged with those that exist."""
