"""The verbs: each takes a Crm and values, and returns values; none prints, none asks the clock."""
