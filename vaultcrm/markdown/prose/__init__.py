"""What the lines of a text are for, as people write them in mails, minutes and chats. Imports nothing above `markdown`."""
