"""The file watcher, which keeps catalogue and index up to date, and installing it as a service of the user's session."""
