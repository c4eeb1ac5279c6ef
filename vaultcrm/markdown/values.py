"""The values of properties: text, lists of text, or nothing."""

# A property's value as it is read. Nested maps and lists in lists stay text.
Value = str | None | list[str]


def as_text(value: Value) -> str | None:
    """A property as one text: of a list its first item. None if there is only white space."""
    if isinstance(value, list):
        return next((item for item in value if item.strip()), None)
    return value if value and value.strip() else None


def as_list(value: Value) -> tuple[str, ...]:
    """A property as texts, without those that are only white space. A single text is a list of one."""
    if value is None:
        return ()
    return tuple(item for item in ([value] if isinstance(value, str) else value) if item.strip())
