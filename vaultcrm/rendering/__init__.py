"""Fill in templates, and write the text of new notes with them."""
