"""What people say that they will do, in seven languages. Imports nothing above `markdown`."""
