"""A sync in which any call of Git fails loses nothing."""

import pytest

from tests.robustness import git_failures

pytestmark = pytest.mark.usefixtures("known")


@pytest.mark.parametrize("failure", git_failures.FAILURES)
def test_a_call_of_git_fails(failure: str) -> None:
    assert git_failures.sweep(only=failure).faults == []


@pytest.mark.parametrize("failure", ["is killed after its work", "may write no large file", "is the last before vaultcrm is killed"])
def test_git_fails_while_it_writes_the_vault(failure: str) -> None:
    with git_failures.template() as made:
        assert git_failures.try_failure(made, failure, '[[ $words == *" merge "* ]]') == []
