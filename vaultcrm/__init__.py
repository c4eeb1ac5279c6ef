"""A CRM for freelancers that is a folder of Markdown files."""

__version__ = "0.1.0"
