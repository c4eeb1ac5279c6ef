"""The file watcher, and installing it as a service."""
