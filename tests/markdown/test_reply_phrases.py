"""Which messages ask for something, which only thank, and which nobody has written."""

import pytest

from tests.support import bounded_work
from vaultcrm.markdown.prose.reply_phrases import asks, is_automatic, is_courtesy


@pytest.mark.parametrize(
    "text",
    [
        "Can you send it?", "What about Friday?!", "When (roughly?)", "Could you send it", "Let me know.", "Please call me.", "Any news",
        "Kannst du mir das Logo schicken", "Bitte sende mir die Texte", "Pourriez-vous me dire", "S’il vous plaît, envoyez le devis",
        "Por favor, envíame el logo", "Fammi sapere", "Kun je dat doen", "Proszę o wycenę", "Пожалуйста, пришлите", "Lütfen gönderin",
        "価格を教えてください", "明日ですか？", "10:00 Dana: Hi\n10:01 Dana: when?", "Hello\n\nkindly send it",
    ],
)  # fmt: skip
def test_what_asks_for_something(text: str) -> None:
    assert asks(text)
    assert not is_courtesy(text) or "?" not in text


@pytest.mark.parametrize(
    "text",
    [
        "Here is the text.", "Please find attached the invoice.", "Bitte.", "Bitte finden Sie anbei", "See https://a.example/?q=1 for it.",
        "> Could you?\nDone.", "I was pleased.", "",
    ],
)  # fmt: skip
def test_what_asks_for_nothing(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thanks, great!", "Hi Nora,\n\nthanks!\n\nDana Roe", "Thank you for sending the invoice so quickly.", "ok",
        "👍", "Perfect 🎉 See you on Friday!",
        "Sounds good, thanks for the quick reply.", "Got it.", "Oh I see. Ok, thanks.", "Thanks, I will look into it later this week. Seth",
        "Best regards\nDana", "Vielen Dank für die schnelle Antwort!",
        "Super, passt!",
        "Alles klar, bis Freitag. Schönes Wochenende!", "Merci beaucoup, parfait.", "Muchas gracias", "Obrigada pela ajuda!",
        "Grazie mille, perfetto", "Bedankt voor de snelle reactie!", "Tack så mycket!", "Dziękuję bardzo", "Спасибо, отлично!",
        "ありがとうございます。", "谢谢", "감사합니다", "14:30 Dana: Thanks!\n14:31 Dana: 👍",
    ],
)  # fmt: skip
def test_what_only_thanks(text: str) -> None:
    assert is_courtesy(text)
    assert not asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "Here are the texts.", "Thanks, but the logo is wrong.", "Thanks for the draft, however it lacks the map.", "Room 12", "2",
        "The logo is still wrong", "Danke, das Logo fehlt noch", "Great, we start with the shop then and the rest follows in January",
        "thanks " * 60,
    ],
)  # fmt: skip
def test_what_says_more_than_thanks(text: str) -> None:
    assert not is_courtesy(text)


@pytest.mark.parametrize(
    ("subject", "body", "expected"),
    [
        ("Accepted: Kickoff", "", True), ("Einladung: Kickoff", "", True), ("Automatic reply: Quote", "I am away", True),
        ("Abwesenheitsnotiz", "", True), ("Réponse automatique : Devis", "", True),
        ("Kickoff", "Join us\n\n[[files/invite.ics|invite.ics]]", True),
        ("Kickoff", "![[files/2026-11-03 invite.ics]]", True), ("Accepted your offer", "", False),
        ("Invitation to tender", "See a.ics.pdf", False),
    ],
)  # fmt: skip
def test_what_no_person_has_written(subject: str, body: str, expected: bool) -> None:
    assert is_automatic(subject, body) is expected


@pytest.mark.parametrize(
    "text", ["please find " * 50_000, "a?b" * 100_000, "?" * 100_000, "12:00 a" * 50_000, "(" * 200_000, "https://" * 50_000]
)
def test_a_long_text_takes_no_time(text: str) -> None:
    with bounded_work():
        assert asks(text) in (True, False)
        assert not is_courtesy(text)
        assert not is_automatic(text, text)
