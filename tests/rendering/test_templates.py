"""Finding a template: the vault's own, else the built-in one."""

from pathlib import Path

import pytest

from tests.rendering.vaults import with_template
from vaultcrm.errors import ExternalError, InvalidInput, NotFound
from vaultcrm.rendering.templates import MAX_SIZE, Template, built_in_folder, find_template


def test_the_vaults_own_template_is_preferred_to_the_built_in_one(tmp_path: Path) -> None:
    built_in = Path(built_in_folder()) / "client.md"
    assert find_template(str(tmp_path), "client.md") == Template(str(built_in), built_in.read_text("utf-8"))
    root = with_template(tmp_path, "client.md", "été {{ title }}\r\n")
    assert find_template(root, "client.md") == Template(f"{root}/templates/client.md", "été {{ title }}\r\n")


@pytest.mark.parametrize(
    "name", ["nothing.md", "../client.md", "Client.md", "client.txt", "client", "x/client.md", ".md", "client.md\n", ""]
)
def test_other_names_are_no_templates(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no template"):
        find_template(str(tmp_path), name)


def test_a_template_outside_the_folder_is_not_found(tmp_path: Path) -> None:
    root = with_template(tmp_path, "client.md", "")
    (tmp_path / "secret.md").write_text("secret")
    with pytest.raises(NotFound):
        find_template(root, "../secret.md")


def test_a_template_that_is_not_text_is_named(tmp_path: Path) -> None:
    root = with_template(tmp_path, "client.md", b"\xff\xfe")
    with pytest.raises(InvalidInput, match=r"templates/client\.md can't be read: it is not UTF-8\.") as error:
        find_template(root, "client.md")
    assert error.value.hint == "Fix it, or delete it to use the built-in template."


def test_a_template_that_is_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    root = with_template(tmp_path, "person.md", "")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "templates/client.md").symlink_to("../secret")
    with pytest.raises(InvalidInput, match=r"templates/client\.md can't be read: .*symbolic link"):
        find_template(root, "client.md")


def test_a_template_without_permission_names_the_reason(unprivileged: Path) -> None:
    root = with_template(unprivileged, "client.md", "")
    (unprivileged / "templates/client.md").chmod(0)
    with pytest.raises(ExternalError, match=r"templates/client\.md can't be read: Permission denied\."):
        find_template(root, "client.md")


def test_a_long_template_is_cut(tmp_path: Path) -> None:
    root = with_template(tmp_path, "client.md", "é" * (MAX_SIZE + 1))
    assert find_template(root, "client.md").text == "é" * MAX_SIZE
