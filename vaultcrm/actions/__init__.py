"""What vaultcrm can do: functions that take a Crm and values and return values. They print nothing and never ask the clock."""
