"""The vault as of a day equals a checkout of that day, and without Git it is what the dates say."""

import shutil
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path

import pytest

from tests.actions.history.commits import commit, committed_vault, git
from tests.actions.history.states import ACME, FILES, replace
from tests.actions.vaults import NOW, note
from tests.conftest import PROFILE
from tests.support import catalog_rows, write_files
from vaultcrm.actions import lookup
from vaultcrm.actions.as_json import brief_json, decision_json
from vaultcrm.actions.brief.brief import brief
from vaultcrm.actions.clients import projects
from vaultcrm.actions.crm import Crm
from vaultcrm.actions.decisions import decisions
from vaultcrm.actions.follow_ups import done
from vaultcrm.actions.history.as_of import AsOf, changes_since, crm_at
from vaultcrm.actions.history.client_state import client_state
from vaultcrm.actions.show import show_of_type
from vaultcrm.actions.timeline import timeline
from vaultcrm.catalog.catalog import Catalog
from vaultcrm.errors import InvalidInput, NotFound, Refused

pytestmark = pytest.mark.usefixtures("known")
MANY_DAYS = 27 if PROFILE == "nightly" else 4


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[date]]]:
    """A vault with a month of commits, which no test changes, and the days of the commits."""
    folder = tmp_path_factory.mktemp("committed")
    with pytest.MonkeyPatch.context() as patch:
        for kind in ("CACHE", "STATE", "CONFIG"):
            patch.setenv(f"XDG_{kind}_HOME", str(folder / kind))
        days = committed_vault(folder / "vault")
    yield folder / "vault", days


def as_of(root: Path, day: date, client: str = "acme studio", now: datetime = NOW) -> AsOf:
    return crm_at(Crm(str(root), now, ["test"]), day, client)


def all_answers(crm: Crm, client: str) -> dict[str, object]:
    """What the commands that know --as-of answer about a client."""
    ref = lookup.client(crm, client)
    return {
        "brief": brief_json(brief(crm, client), crm.today),
        "timeline": timeline(crm, client),
        "decisions": [decision_json(decision) for decision in decisions(crm, client, everything=True)],
        "projects": projects(crm, ref),
        "state": client_state(crm, ref),
    }


def test_each_day_equals_a_checkout_of_it(committed: tuple[Path, list[date]], tmp_path: Path) -> None:
    (root, days), checkout = committed, tmp_path / "checkout"
    assert len(days) > 25
    git(tmp_path, "clone", "--quiet", str(root), "checkout")
    for day in days[:: -(-len(days) // MANY_DAYS)]:
        commit_id = git(root, "rev-list", "-1", f"--before={day}T23:59:59", "HEAD").strip()
        git(checkout, "checkout", "--quiet", commit_id)
        shutil.rmtree(Catalog(str(checkout)).file, ignore_errors=True)
        then = as_of(root, day)
        expected = Crm(str(checkout), datetime.combine(day, time(23, 59)))
        expected.refresh()
        assert all_answers(then.crm, then.client) == all_answers(expected, then.client), day
        assert then.source.startswith(f"As of {day.day} {day:%b %Y}, from commit {commit_id[:7]} ({day.day} {day:%b}).")
        assert ("Acme Studio was called Acme then." in then.source) == (day < date(2026, 10, 16))
        then.crm.catalog.close()


def test_all_clients_equal_a_checkout_too(committed: tuple[Path, list[date]], tmp_path: Path) -> None:
    (root, _), day, checkout = committed, date(2026, 10, 25), tmp_path / "checkout"
    git(tmp_path, "clone", "--quiet", str(root), "checkout")
    git(checkout, "checkout", "--quiet", git(root, "rev-list", "-1", f"--before={day}T23:59:59", "HEAD").strip())
    everyone, expected = as_of(root, day, "").crm, Crm(str(checkout), datetime.combine(day, time(23, 59)))
    assert decisions(everyone, everything=True) == decisions(expected, everything=True)
    assert projects(everyone) == projects(expected)
    assert catalog_rows(everyone.catalog) == catalog_rows(expected.catalog)
    now = Crm(str(root), NOW)
    assert decisions(crm_at(now, day, for_decisions=True).crm, everything=True) == decisions(expected, everything=True)
    project = crm_at(now, day, project="web").crm
    assert show_of_type(project, "project", "website") == show_of_type(expected, "project", "website")
    project = crm_at(now, day, "acme studio", "website").crm
    assert show_of_type(project, "project", "website") == show_of_type(expected, "project", "website")


def test_what_is_copied_from_the_cache_equals_what_is_read(committed: tuple[Path, list[date]]) -> None:
    root, day = committed[0], date(2026, 10, 29)
    with_cache, without = as_of(root, day), Crm(str(root), NOW)
    without.catalog.move_to_memory(OSError("no place"))
    without_cache = crm_at(without, day, "acme studio")
    assert all_answers(with_cache.crm, with_cache.client) == all_answers(without_cache.crm, without_cache.client)


def test_a_day_between_commits_has_the_last_one_before_its_end(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    write_files(root, FILES)
    git(root, "init", "--quiet", ".")
    commit(root, datetime(2026, 10, 2, 23, 59))
    replace(root, f"{ACME}/Acme.md", "active", "paused")
    commit(root, datetime(2026, 10, 6, 0, 1))
    replace(root, f"{ACME}/Acme.md", "paused", "past")  # never committed

    def status(day: int) -> str | None:
        then = as_of(root, date(2026, 10, day), "acme")
        return brief(then.crm, then.client).summary.client.status

    assert [status(day) for day in (2, 5, 6, 20)] == ["active", "active", "paused", "paused"]
    today = as_of(root, NOW.date(), "acme")
    assert (brief(today.crm, today.client).summary.client.status, today.source) == ("past", "")


def test_the_vault_may_be_a_folder_of_a_repository(tmp_path: Path) -> None:
    root = tmp_path / "notes/my vault"
    write_files(root, FILES)
    git(tmp_path / "notes", "init", "--quiet", ".")
    commit(tmp_path / "notes", datetime(2026, 10, 2, 9))
    replace(root, f"{ACME}/Acme.md", "active", "paused")
    write_files(tmp_path / "notes", {"clients/Acme/Acme.md": FILES[f"{ACME}/Acme.md"].replace("active", "past")})
    commit(tmp_path / "notes", datetime(2026, 10, 6, 9))
    then = as_of(root, date(2026, 10, 3), "acme")
    assert brief(then.crm, then.client).summary.client.status == "active"
    assert "from commit" in then.source
    before = as_of(root, date(2026, 10, 1), "acme")
    assert before.source == (
        "As of 1 Oct 2026, from the dates in the notes, because its Git history begins on 2 Oct 2026. "
        "What has no date is shown as it is today."
    )


def test_a_shallow_clone_says_where_its_history_begins(committed: tuple[Path, list[date]], tmp_path: Path) -> None:
    root = committed[0]
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{root}", "clone")
    then = as_of(tmp_path / "clone", date(2026, 10, 20))
    assert then.source == (
        "As of 20 Oct 2026, from the dates in the notes, because its Git history begins on 3 Nov 2026 in this shallow clone. "
        "What has no date is shown as it is today."
    )
    assert "from commit" in as_of(tmp_path / "clone", date(2026, 11, 3)).source


def test_a_client_without_a_likeness_then_was_not_there(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    write_files(root, FILES)
    git(root, "init", "--quiet", ".")
    commit(root, datetime(2026, 10, 2, 9))
    write_files(root, {"clients/New/New.md": note("client")})
    commit(root, datetime(2026, 10, 6, 9))
    with pytest.raises(NotFound, match=r"'New' wasn't a client yet on 3 Oct 2026, as far as Git's history shows"):
        as_of(root, date(2026, 10, 3), "new")
    git(root, "rm", "--quiet", "-r", "--cached", ".")
    git(root, "commit", "--quiet", "-m", "Nothing", at=datetime(2026, 10, 7, 9))
    with pytest.raises(NotFound, match="wasn't a client yet on 7 Oct 2026"):
        as_of(root, date(2026, 10, 7), "acme")
    shutil.rmtree(root / "clients/Other")
    commit(root, datetime(2026, 10, 8, 9))
    assert as_of(root, date(2026, 10, 3), "other").client == "clients/Other/Other.md"  # gone now, and found then


def test_a_day_ahead_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path / "vault", FILES)
    with pytest.raises(InvalidInput, match=r"17 Nov 2026 lies ahead"):
        as_of(tmp_path / "vault", date(2026, 11, 17), "acme")


def test_the_past_cannot_be_written(tmp_path: Path) -> None:
    write_files(tmp_path / "vault", FILES)
    then = as_of(tmp_path / "vault", date(2026, 11, 12), "acme")
    with pytest.raises(Refused, match="can't be changed"):
        done(then.crm, ["quote"])


def test_settings_of_the_repository_that_could_run_a_program_are_refused(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    write_files(root, FILES)
    git(root, "init", "--quiet", ".")
    commit(root, datetime(2026, 10, 2, 9))
    git(root, "config", "core.sshCommand", "touch /tmp/x")
    with pytest.raises(Refused, match=r"could run a program.*core\.sshcommand"):
        as_of(root, date(2026, 10, 3), "acme")


def test_names_may_be_written_in_either_form_of_unicode(tmp_path: Path) -> None:
    root, name = tmp_path / "vault", "Zoë Größe"
    client, other = f"clients/{unicodedata.normalize('NFD', name)}", unicodedata.normalize("NFC", name)
    talk = note("interaction", f'client: "[[{other}]]"', "date: 2026-10-01")
    write_files(root, {f"{client}/{unicodedata.normalize('NFD', name)}.md": note("client"), "inbox/A.md": talk})
    git(root, "init", "--quiet", ".")
    commit(root, datetime(2026, 10, 2, 9))
    then = as_of(root, date(2026, 10, 3), "zoe")
    assert [talk.path for talk in brief(then.crm, then.client).interactions] == ["inbox/A.md"]


def test_without_git_the_dates_in_the_notes_count(tmp_path: Path) -> None:
    root, folder = tmp_path / "vault", f"{ACME}/follow-ups"
    write_files(
        root,
        {
            f"{ACME}/Acme.md": FILES[f"{ACME}/Acme.md"],
            f"{ACME}/2026-10-05 Before.md": note("interaction", "date: 2026-10-05", "channel: call", "summary: Before"),
            f"{ACME}/2026-10-15 After.md": note("interaction", "date: 2026-10-15", "decisions: [Later]", "next_step: Later"),
            f"{ACME}/decisions/Old price.md": note("decision", "date: 2026-10-01", "status: superseded"),
            f"{ACME}/decisions/New price.md": note("decision", "date: 2026-10-20", 'supersedes: "[[Old price]]"'),
            f"{folder}/Done later.md": note(
                "follow-up", "status: done", "dateCreated: 2026-10-01", "completedDate: 2026-10-14", "due: 2026-10-12"
            ),
            f"{folder}/Done before.md": note("follow-up", "status: done", "dateCreated: 2026-10-01", "completedDate: 2026-10-09"),
            f"{folder}/Written later.md": note("follow-up", "dateCreated: 2026-10-11T09:00:00"),
            f"{folder}/Monthly.md": note(
                "follow-up", "due: 2026-12-01", "scheduled: 2026-11-28", "recurrence: FREQ=MONTHLY",
                "complete_instances: [2026-10-01, 2026-11-01]",
            ),
            f"{ACME}/List.md": "- [ ] Weekly 📅 2026-10-30 🔁 every week\n- [x] Weekly 📅 2026-10-23 🔁 every week ✅ 2026-10-22\n"
            "- [x] Weekly 📅 2026-10-16 🔁 every week ✅ 2026-10-16\n- [x] Weekly 📅 2026-10-09 🔁 every week ✅ 2026-10-09\n",
            f"{ACME}/2026-10-12 Minutes.md": "> [!feedback] Later\n",
        },
    )  # fmt: skip
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    then = as_of(root, date(2026, 10, 10), "acme")
    found = brief(then.crm, then.client)
    assert [talk.summary for talk in found.interactions] == ["Before"]
    assert [decision.text for decision in found.decisions] == ["Old price"]
    assert [(item.text, str(item.due)) for item in found.owed_by_me] == [
        ("Done later", "2026-10-12"), ("Weekly", "2026-10-16"), ("Monthly", "2026-11-01"),
    ]  # fmt: skip
    assert str(found.owed_by_me[2].scheduled) == "2026-10-29"
    assert found.feedback == []
    assert [event.text for event in timeline(then.crm, then.client) if event.kind == "done"] == ["Done before", "Weekly", "Monthly"]
    assert then.source == (
        "As of 10 Oct 2026, from the dates in the notes, because the vault isn't in Git. What has no date is shown as it is today."
    )
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_changes_since_a_day(committed: tuple[Path, list[date]]) -> None:
    root, days = committed
    crm = Crm(str(root), datetime(2026, 11, 4, 15))

    def since(day: date) -> list[tuple[str, str]]:
        return [(change.label, change.text) for change in changes_since(crm, lookup.client(crm, "acme studio"), day)[0]]

    assert since(date(2026, 11, 3)) == [("agreed", "CRLF")]
    assert since(date(2026, 11, 4)) == [("agreed", "CRLF")]  # today: since yesterday
    assert since(date(2026, 10, 27)) == [
        ("agreed", "CRLF"), ("agreed", "Not a template"), ("agreed", "Again (instead of: Hourly price)"),
        ("changed", "Dana Roe: role Partner → left, until none → 28 Oct"), ("new project", "Poster, deadline 1 Dec"),
        ("gone", "2026-10-20, with 2 follow-ups and 1 agreement"),
    ]  # fmt: skip
    changes, source = changes_since(crm, lookup.client(crm, "acme studio"), days[0])
    assert [change.text for change in changes if change.path.endswith("Acme Studio/Acme Studio.md")] == [
        "Acme Studio: aliases none → Acme Co, Äcme (was: Acme)"
    ]
    assert source.endswith("Acme Studio was called Acme then.")
