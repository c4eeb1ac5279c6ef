"""Git, run as a subprocess, and the check which settings of a repository are safe. Imports only errors and normalize."""
