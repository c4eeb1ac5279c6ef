"""Find templates: the vault's own, else the built-in ones."""

import contextlib
import os
import re
from typing import NamedTuple

from vaultcrm.disk import files
from vaultcrm.errors import ExternalError, InvalidInput, NotFound, Unreadable
from vaultcrm.quoting import quoted

MAX_SIZE = 1_000_000  # characters
_HINT = "Fix it, or delete it to use the built-in template."

# The plain values that templates see.
TemplateValue = str | int | bool | None | list["TemplateValue"] | dict[str, "TemplateValue"]


class Template(NamedTuple):
    """A template's text, and the file that it comes from."""

    path: str
    text: str


def built_in_folder() -> str:
    """The folder of the built-in templates: in the installed package, or next to the package in a checkout."""
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    installed = os.path.join(here, "templates")
    return installed if os.path.isdir(installed) else os.path.join(os.path.dirname(here), "templates")


def find_template(root: str, name: str) -> Template:
    """The vault's own template of that name, else the built-in one.

    Raises NotFound if there is neither, InvalidInput if it is not text, ExternalError if the disk refuses.
    """
    if re.fullmatch(r"[a-z][a-z-]*\.(?:md|txt)", name):
        for folder in (os.path.join(root, "templates"), built_in_folder()):
            path = os.path.join(folder, name)
            try:
                with contextlib.suppress(FileNotFoundError):
                    # never follows a symbolic link: it could point to a secret outside, which would end up in a note
                    return Template(path, files.read(path).data.decode("utf-8")[:MAX_SIZE])
            except UnicodeDecodeError as error:
                raise InvalidInput(f"The template {path} can't be read: it is not UTF-8.", _HINT) from error
            except Unreadable as error:
                raise InvalidInput(f"The template {path} can't be read: {error.message}", _HINT) from error
            except OSError as error:
                raise ExternalError(f"The template {path} can't be read: {error.strerror}.", _HINT) from error
    raise NotFound(f"There is no template {quoted(name)}.")
