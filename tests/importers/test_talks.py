"""Messages of one conversation and day as one talk."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from vaultcrm.importers.message import Attachment, Message, Notice, Party, Refused
from vaultcrm.importers.talks import Talk, conversation_of, talks, text_of

BERLIN = ZoneInfo("Europe/Berlin")


def message(
    number: int, at: str, text: str = "x", sender: str = "Dana", chat: str = "whatsapp:c1", channel: str = "chat", thread: str = ""
) -> Message:
    return Message(f"{chat}:{number}", channel, datetime.fromisoformat(at), Party(name=sender), (), "", text, thread)


def made(*messages: Message | Refused | Notice) -> list[Talk]:
    return [talk for talk in talks(messages, BERLIN) if isinstance(talk, Talk)]


def test_a_talk_is_what_was_said_in_one_conversation_on_one_day() -> None:
    monday = message(1, "2026-11-02T14:30:00", "Two options"), message(2, "2026-11-02T14:32:10", "Fine", "Ann")
    tuesday = message(3, "2026-11-03T09:00:00", "Ok?")
    other = message(1, "2026-11-02T10:00:00", "Hi", "Tom", "slack:C1")
    assert made(*monday, tuesday, other) == [
        Talk(
            "whatsapp:c1:2026-11-02", "2c7c66d0ab9167ed", datetime(2026, 11, 2, 14, 30), monday, "14:30 Dana: Two options\n14:32 Ann: Fine"
        ),
        Talk("whatsapp:c1:2026-11-03", "cae4dbe6ba295c6a", datetime(2026, 11, 3, 9), (tuesday,), "09:00 Dana: Ok?"),
        Talk("slack:C1:2026-11-02", "e552c781dce14e96", datetime(2026, 11, 2, 10), (other,), "10:00 Tom: Hi"),
    ]


def test_the_day_is_that_of_the_person() -> None:
    late = message(1, "2026-11-02T23:30:00+00:00"), message(2, "2026-11-03T08:00:00+09:00")
    assert [(talk.source, talk.at) for talk in made(*late)] == [("whatsapp:c1:2026-11-03", datetime(2026, 11, 3))]
    assert [talk.source for talk in talks(late, UTC) if isinstance(talk, Talk)] == ["whatsapp:c1:2026-11-02"]


def test_a_later_export_has_the_same_source_and_another_digest() -> None:
    first = message(1, "2026-11-02T14:30:00"), message(2, "2026-11-02T14:31:00")
    again, more = made(*reversed(first)), made(*first, message(3, "2026-11-02T18:00:00"))
    assert again == made(*first)
    assert more[0].source == again[0].source
    assert more[0].digest != again[0].digest
    assert [one.source for one in more[0].messages if one not in again[0].messages] == ["whatsapp:c1:3"]
    assert made(*first, *first) == again  # a message that an export has twice


def test_the_mails_of_a_thread_may_be_anywhere() -> None:
    one = message(1, "2026-11-02T14:30:00", chat="mail", channel="email")
    other = message(2, "2026-11-02T15:30:00", chat="mail", channel="email")
    answer = message(3, "2026-11-02T16:30:00", "a\n\nb", "Ann", "mail", channel="email", thread="mail:1")
    assert [(talk.source, talk.text) for talk in made(one, other, answer)] == [
        ("mail:1:2026-11-02", "14:30 Dana: x\n\n16:30 Ann: a\n\nb"),
        ("mail:2:2026-11-02", "15:30 Dana: x"),
    ]
    assert conversation_of(answer) == "mail:1"


def test_a_day_that_is_too_long_for_a_note_is_several_talks() -> None:
    long = [message(number, f"2026-11-02T14:30:{number:02}", "x" * 100_000) for number in range(12)]
    assert [(talk.source, len(talk.messages)) for talk in made(*long)] == [
        ("whatsapp:c1:2026-11-02", 4), ("whatsapp:c1:2026-11-02:2", 4), ("whatsapp:c1:2026-11-02:3", 4),
    ]  # fmt: skip


def test_everything_else_is_passed_on() -> None:
    without_time = message(1, "2026-11-02T14:30:00")._replace(at=None)
    passed = Refused("a", "b"), Notice("c", "d"), without_time
    assert list(talks(passed, BERLIN)) == list(passed)


def test_the_text() -> None:
    photo = Attachment("photo.jpg", "image/jpeg", 3, lambda: b"jpg")
    assert (
        text_of(
            [
                message(1, "2026-11-02T14:30:00", "Two\noptions"),
                message(2, "2026-11-02T14:31:00", "Fine", thread="whatsapp:c1:1"),
                message(3, "2026-11-02T14:32:00", "", "")._replace(attachments=(photo,)),
                message(4, "2026-11-02T14:33:00", ""),
            ],
            BERLIN,
        )
        == "14:30 Dana: Two\noptions\n\n14:31 ↳ Dana: Fine\n14:32 Unknown: (file: photo.jpg)\n14:33 Dana:"
    )


def test_people_are_named_once() -> None:
    (talk,) = made(message(1, "2026-11-02T14:30:00"), message(2, "2026-11-02T14:31:00", sender="Ann"), message(3, "2026-11-02T14:32:00"))
    assert talk.people == (Party(name="Dana"), Party(name="Ann"))


def test_the_ends_of_the_calendar_do_no_harm() -> None:
    assert [talk.source for talk in made(message(1, "9999-12-31T23:30:00+00:00"))] == ["whatsapp:c1:9999-12-31"]
