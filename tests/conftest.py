"""What every test gets: a home of its own, and the number of generated examples."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import ROOT
from tests.fork_server import run_vaultcrm

pytest.register_assert_rewrite(
    "tests.actions.clones",
    "tests.actions.renames",
    "tests.markdown.tasks.rules",
    "tests.merge.notes",
    "tests.support",
    "tests.watch.watchers",
)  # so that their assertions fail with details, as in a test

# Tests of generated front matter take the number of examples as it is; those that write whole vaults take a share of it.
settings.register_profile("ci", max_examples=50, deadline=None, derandomize=True)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "ci")
settings.load_profile(PROFILE)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start thousands of processes; they shouldn't compile vaultcrm each time

# The tests make thousands of small vaults, and every write is fsynced: a disk in memory halves their time. They are real files there too.
MEMORY_DISK = "/dev/shm"
if os.path.isdir(MEMORY_DISK) and shutil.disk_usage(MEMORY_DISK).free > 4 << 30:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", MEMORY_DISK)

# Importing these takes seconds. Those that are named on the command line are imported nevertheless.
collect_ignore = [] if PROFILE == "nightly" else ["robustness"]

NOBODY = 65534


@pytest.fixture(scope="session")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of the tests that write no files, which stays empty."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name in [name for name in os.environ if name.startswith("VAULTCRM_") or name in ("NO_COLOR", "FORCE_COLOR")]:
            monkeypatch.delenv(name)
        yield _move_home(tmp_path_factory.mktemp("home"), monkeypatch)


@pytest.fixture
def home(tmp_path: Path, shared_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a cache, a journal or settings; it lies beside the vaults that tests make in `tmp_path`."""
    (tmp_path / "home").mkdir()
    return _move_home(tmp_path / "home", monkeypatch)


@pytest.fixture(autouse=True)
def away_from_home(request: pytest.FixtureRequest, shared_home: Path) -> Iterator[None]:
    """Keep every test out of the user's home. Making one for each of the thousands that need none would take seconds."""
    if {"home", "tmp_path"} & {*request.fixturenames}:
        request.getfixturevalue("home")
    yield
    if written := os.listdir(shared_home):
        shutil.rmtree(shared_home)
        shared_home.mkdir()
        pytest.fail(f"A test that writes files takes the fixture `home`: {written}")


def _move_home(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(folder))
    for kind in ("CACHE", "STATE", "CONFIG"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
    return folder


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of commands that only read a copy of the example vault, which has been read once."""
    folder = tmp_path_factory.mktemp("example")
    shutil.copytree(ROOT / "example-vault", folder / "vault")
    home = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CACHE", "STATE", "CONFIG")}
    environment = {"VAULTCRM_VAULT": str(folder / "vault"), "HOME": str(folder), **home}
    assert run_vaultcrm("stats", env={**os.environ, **environment}).returncode == 0
    return environment


@pytest.fixture
def known(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home in which git knows who commits; gives the file of its settings."""
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (home / ".gitconfig").write_text("[user]\n\tname = Nora\n\temail = nora@example.com\n[init]\n\tdefaultBranch = main\n")
    return home / ".gitconfig"


@pytest.fixture
def unprivileged(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which permissions count, also for root: it becomes nobody until the test is over."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(os.path.realpath(name))
        for kind in ("CACHE", "STATE", "CONFIG"):
            monkeypatch.setenv(f"XDG_{kind}_HOME", str(folder / kind.lower()))
        is_root = os.geteuid() == 0
        if is_root:
            os.chown(folder, NOBODY, NOBODY)
            os.seteuid(NOBODY)
        try:
            yield folder
        finally:
            if is_root:
                os.seteuid(0)
            for path, _, _ in os.walk(folder):
                os.chmod(path, 0o700)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long tests, those marked `nightly` and all of `tests/robustness`, except in the nightly profile."""
    if PROFILE == "nightly":
        return
    long = {item for item in items if item.get_closest_marker("nightly") or item.path.parent.name == "robustness"}
    config.hook.pytest_deselected(items=[*long])
    items[:] = [item for item in items if item not in long]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Send the report of a phase that went well without its keywords, half of what xdist writes and reads three times a test."""
    report = yield
    if report.passed:
        report.keywords = {}
    return report


def pytest_collection_finish() -> None:
    """Keep the collected tests out of garbage collection: updating the search index collects after each batch, and would walk them."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="Rewrite the stories, documents and pictures that differ.")
