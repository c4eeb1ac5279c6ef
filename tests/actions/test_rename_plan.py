"""What a new name means: the moves, and the aliases afterwards."""

from pathlib import Path

import pytest

from tests.actions.vaults import CLIENT, crm_with, note
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.rename_plan import RenamePlan, make_plan
from vaultcrm.disk.moves import Move
from vaultcrm.errors import InvalidInput

FILES = {
    "clients/Acme/Acme.md": note("client", "aliases: [AC]"), "clients/Acme/2026-11-02 1430 Call.md": note("interaction"),
    "a/Note.md": "", "a/2026-11-02 Plan.md": "", "Dana.md": note("person"), "Root.md": CLIENT,
    "x/Twin/Twin.md": CLIENT, "y/Twin/Twin.md": CLIENT,
}  # fmt: skip
CALL = "clients/Acme/2026-11-02 1430 Call.md"


@pytest.fixture
def crm(tmp_path: Path) -> Crm:
    crm = crm_with(tmp_path / "v", FILES)
    crm.refresh()
    return crm


def plan(crm: Crm, name: str, new: str, keep_alias: bool = True) -> RenamePlan:
    return make_plan(crm, name, new, keep_alias)


@pytest.mark.parametrize(
    ("name", "new", "moves"),
    [
        ("a/Note.md", "New", [Move("a/Note.md", "a/New.md")]),
        ("a/Note.md", "  New   name.MD ", [Move("a/Note.md", "a/New name.md")]),
        ("a/Note.md", "What: now?", [Move("a/Note.md", "a/What - now.md")]),
        ("a/Note.md", "Note", []), ("a/Note.md", "a/Note.md", []), ("a/Note.md", "a/", []), ("a/Note.md", "./a//Note", []),
        ("a/Note.md", "b/", [Move("a/Note.md", "b/Note.md")]), ("a/Note.md", "b/New", [Move("a/Note.md", "b/New.md")]),
        ("a/Note.md", "./New", [Move("a/Note.md", "New.md")]), ("a/Note.md", "/New", [Move("a/Note.md", "New.md")]),
        ("a/Note.md", "/", [Move("a/Note.md", "Note.md")]), ("a/Note.md", "./", [Move("a/Note.md", "Note.md")]),
        ("a/Note.md", "/x//New", [Move("a/Note.md", "x/New.md")]), ("a/Note.md", "/x/new/", [Move("a/Note.md", "x/new/Note.md")]),
        ("acme", "/Acme", [Move("clients/Acme", "Acme")]),
        (CALL, "Long call", [Move(CALL, "clients/Acme/2026-11-02 1430 Long call.md")]),
        (CALL, "2026-11-03 Call", [Move(CALL, "clients/Acme/2026-11-03 Call.md")]),
        (CALL, "20261103", [Move(CALL, "clients/Acme/2026-11-02 1430 20261103.md")]),
        ("a/2026-11-02 Plan.md", "Old plan", [Move("a/2026-11-02 Plan.md", "a/Old plan.md")]),  # only interactions keep their date
        ("acme", "New", [Move("clients/Acme", "clients/New"), Move("clients/New/Acme.md", "clients/New/New.md")]),
        ("acme", "past/", [Move("clients/Acme", "past/Acme")]), ("acme", "past/Acme", [Move("clients/Acme", "past/Acme")]),
        ("acme", "past/Acme/Acme", [Move("clients/Acme", "past/Acme")]), ("acme", "past/ÁCME/Acme", [Move("clients/Acme", "past/ÁCME")]),
        ("acme", "past/New/New", [Move("clients/Acme", "past/New"), Move("past/New/Acme.md", "past/New/New.md")]),
        ("acme", "./Acme", [Move("clients/Acme", "Acme")]),
        ("root", "New", [Move("Root.md", "New.md")]), ("root", "clients/Root/Root", [Move("Root.md", "clients/Root/Root.md")]),
    ],
)  # fmt: skip
def test_the_moves(name: str, new: str, moves: list[Move], crm: Crm) -> None:
    assert plan(crm, name, new).moves == moves


@pytest.mark.parametrize(
    ("name", "new", "keep_alias", "aliases", "folded_names"),
    [
        ("acme", "New", True, ["AC", "Acme"], ["new", "ac", "acme"]), ("acme", "New", False, None, ["new", "ac"]),
        ("acme", "AC", True, ["Acme"], ["ac", "acme"]), ("acme", "AC", False, [], ["ac"]), ("acme", "ÁCME", True, None, ["acme", "ac"]),
        ("acme", "New: more", True, ["AC", "Acme", "New: more"], ["new - more", "ac", "acme", "new: more"]),
        ("dana", "Bea", True, None, ["bea"]), ("dana", "Bea: boss", True, ["Bea: boss"], ["bea - boss", "bea: boss"]),
        ("a/Note.md", "What: now", True, None, ["what - now"]),
    ],
)  # fmt: skip
def test_the_aliases(name: str, new: str, keep_alias: bool, aliases: list[str] | None, folded_names: list[str], crm: Crm) -> None:
    result = plan(crm, name, new, keep_alias)
    assert (result.aliases, result.folded_names, result.title) == (aliases, folded_names, new)


def test_an_absolute_path_in_the_vault_is_a_path_from_its_root(crm: Crm) -> None:
    assert plan(crm, "a/Note.md", f"{crm.vault.root}/b/New").moves == [Move("a/Note.md", "b/New.md")]
    with pytest.raises(InvalidInput, match="/elsewhere/New is not in the vault"):
        plan(crm, "a/Note.md", "/elsewhere/New")


def test_an_alias_that_keeps_the_title_is_not_added_twice(tmp_path: Path) -> None:
    crm = crm_with(tmp_path / "v", {"Dana.md": note("person", 'aliases: ["Bea: boss"]')})
    assert plan(crm, "dana", "Bea: boss").aliases is None


def test_only_the_case_of_a_name_that_two_clients_share_may_change(crm: Crm) -> None:
    assert plan(crm, "x/Twin/Twin.md", "TWIN").moves == [Move("x/Twin", "x/TWIN"), Move("x/TWIN/Twin.md", "x/TWIN/TWIN.md")]


def test_a_path_after_the_moves(crm: Crm) -> None:
    result = plan(crm, "acme", "past/New")
    assert [result.new_path(path) for path in ("clients/Acme/Acme.md", CALL, "clients/Acme2/x.md", "a/Note.md")] == [
        "past/New/New.md", "past/New/2026-11-02 1430 Call.md", "clients/Acme2/x.md", "a/Note.md",
    ]  # fmt: skip
