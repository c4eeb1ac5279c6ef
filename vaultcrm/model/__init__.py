"""The records that notes contain: clients, interactions, projects, follow-ups and decisions."""
