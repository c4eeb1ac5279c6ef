"""Mail: one message as its bytes, its text without quotes, files and folders of messages, and servers.

Imported by `actions` only.
"""
