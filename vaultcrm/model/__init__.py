"""What a note means: clients, interactions, projects, follow-ups and decisions as records."""
