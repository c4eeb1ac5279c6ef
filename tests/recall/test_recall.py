"""Somebody who returns after a month finds the answers in `brief`, or with one search; measure.py shows which are missing."""

from collections import Counter

import pytest

from tests.recall.measure import HERE, Question, answer_of, counts, is_shown, read_questions, texts

QUESTIONS = read_questions(HERE / "questions.toml")
VAULT = HERE / "vault"


def test_there_are_twenty_questions_of_many_kinds() -> None:
    assert len({question.id for question in QUESTIONS}) == 20
    assert len(Counter(question.kind for question in QUESTIONS)) == 13
    assert {question.client for question in QUESTIONS} == {"Barcos da Ria", "Kessler Waagen", "Vélo Vauban", "Weingut Kessler"}


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.id)
def test_a_question_names_notes_that_exist(question: Question) -> None:
    assert question.note and all((VAULT / note).is_file() for note in question.note)


@pytest.mark.usefixtures("home")
def test_brief_and_search_answer_what_somebody_asks_after_a_month() -> None:
    reached = counts([answer_of(VAULT, question) for question in QUESTIONS])
    assert reached.brief >= 17 and reached.brief_all >= 19 and reached.search >= 19 and reached.search_with_client >= 19, reached


def test_a_text_wrapped_beside_another_column_is_found() -> None:
    screen = texts("  4 Nov  Two revision rounds per page,  3842\n         then 60 GBP an hour\n")
    assert is_shown("per page, then 60 GBP", screen)
    assert is_shown("60 EUR|two  revision", screen)
    assert not is_shown("4 Nov then", screen)
