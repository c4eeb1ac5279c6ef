"""The values of properties: text, lists of text, or nothing."""

# What a property holds once read. Nested maps and lists in lists stay the text that they are.
Value = str | None | list[str]


def as_text(value: Value) -> str | None:
    """A property as one text; of a list its first item."""
    if isinstance(value, list):
        return next((item for item in value if item.strip()), None)
    return value if value and value.strip() else None


def as_list(value: Value) -> tuple[str, ...]:
    """A property as texts; one text is a list of one, nothing is an empty list."""
    if value is None:
        return ()
    return tuple(item for item in ([value] if isinstance(value, str) else value) if item.strip())
