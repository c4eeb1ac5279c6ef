"""Names in messages, as they are written, and names in commands that the user can paste into a shell."""


def quoted(text: str) -> str:
    """A name or text in quotes, with nothing in it escaped: a message shows it as the user knows it."""
    return f'"{text}"' if "'" in text else f"'{text}'"


def shell_word(text: str) -> str:
    """A text as one word of a command line, in bash, zsh and fish alike."""
    if any(char in text for char in '"$`\\!'):
        return "'" + text.replace("'", "'\\''") + "'"
    return f'"{text}"'
