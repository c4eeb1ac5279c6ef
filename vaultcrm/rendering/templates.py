"""Templates: where they lie, and names filled in. What needs more than names is Jinja2's."""

import contextlib
import os
import re
from typing import NamedTuple

from vaultcrm.disk import files
from vaultcrm.errors import ExternalError, InvalidInput, NotFound, Unreadable

MAX_SIZE = 1_000_000  # characters

# A plain value as templates see it.
TemplateValue = str | int | bool | None | list["TemplateValue"] | dict[str, "TemplateValue"]


class Template(NamedTuple):
    """A template's text, and the file that it is from."""

    path: str
    text: str


def built_in_folder() -> str:
    """Where our own templates are: in the installed package, or beside it in a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(here, "templates")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(here), "templates")


def find_template(root: str, name: str) -> Template:
    """The vault's own template of that name, else the built-in one. Raises NotFound, NotUnderstood, OutsideFailed."""
    if re.fullmatch(r"[a-z][a-z-]*\.(?:md|txt)", name):
        for folder in (os.path.join(root, "templates"), built_in_folder()):
            path = os.path.join(folder, name)
            try:
                with contextlib.suppress(FileNotFoundError):
                    # a link could lead to a secret outside, which would then be written into a note
                    return Template(path, files.read(path).data.decode("utf-8")[:MAX_SIZE])
            except UnicodeDecodeError as error:
                raise InvalidInput(f"The template {path} cannot be read: it is not UTF-8.", "Mend or delete it.") from error
            except Unreadable as error:
                raise InvalidInput(f"The template {path} cannot be read: {error.message}", "Mend or delete it.") from error
            except OSError as error:
                raise ExternalError(f"The template {path} cannot be read: {error.strerror}.", "Mend or delete it.") from error
    raise NotFound(f"There is no template {name!r}.")
