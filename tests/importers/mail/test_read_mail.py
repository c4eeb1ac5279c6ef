"""One mail: who, when, what, and the files that came along; and mails that mean harm."""

import base64
from collections.abc import Callable
from datetime import datetime

import pytest

from tests.importers.mail.mails import mail, multipart
from vaultcrm.importers.mail.bulk import bulk_reason
from vaultcrm.importers.mail.parts import attachment_name, unflow
from vaultcrm.importers.mail.read_mail import MAX_MAIL, read_mail
from vaultcrm.importers.message import Message, Party, Refused

HTML = "<html><body><p>Hi <b>Nora</b>,</p><ul><li>one</li></ul></body></html>"
ICS = "BEGIN:VCALENDAR\nEND:VCALENDAR"


def read(data: bytes, *labels: str) -> Message:
    message = read_mail(data, "x.eml", labels)
    assert isinstance(message, Message)
    return message


def files(message: Message) -> list[tuple[str, str, int, bytes]]:
    return [(file.name, file.media_type, file.size, file.read()) for file in message.attachments]


def test_a_mail() -> None:
    message = read(
        mail(
            "Option B.\n\nOn 1 Nov 2026, Nora wrote:\n> Which?\n",
            Cc="Bo <bo@acme.example>",
            References="<0@acme.example> <x@studio.example>",
            X_Gmail_Labels="Inbox,=?utf-8?Q?K=C3=B6ln?=",
            X_GM_THRID="17",
        )
    )
    assert message == Message(
        source="mail:1@acme.example",
        channel="email",
        at=datetime.fromisoformat("2026-11-02T09:15:00+01:00"),
        sender=Party("Dana Roe", "dana@acme.example"),
        recipients=(Party("Nora", "nora@studio.example"), Party("Bo", "bo@acme.example")),
        subject="Offer",
        text="Option B.",
        thread="mail:0@acme.example",
        conversation="gmail:17",
        cut_lines=2,
        labels=("Inbox", "Köln"),
    )


def test_a_mail_without_an_id_is_known_by_its_content() -> None:
    source = read(mail(Message_ID="")).source
    assert source.startswith("mail:sha256-")
    assert read(mail(Message_ID="").replace(b"\n", b"\r\n")).source == source
    assert read(mail("Hi Nora,\n>\nOption B.", Message_ID="", X_Status="R")).source == source
    assert read(mail("Option C.", Message_ID="")).source != source


@pytest.mark.parametrize(
    ("headers", "thread"),
    [
        ({}, "mail:1@acme.example"),
        ({"In_Reply_To": "<0@x>"}, "mail:0@x"),
        ({"References": "<0@x>\n <2@x>", "In_Reply_To": "<2@x>"}, "mail:0@x"),
    ],
)
def test_the_thread(headers: dict[str, str], thread: str) -> None:
    assert read(mail(**headers)).thread == thread


def test_a_comma_in_the_name_of_the_sender() -> None:
    assert read(mail(From='=?utf-8?q?=22R=C3=B6?= Dana, Acme" <dana@acme.example>')).sender.email == "dana@acme.example"


def test_the_time_it_was_received_stands_in_for_a_broken_date() -> None:
    message = read(mail(Date="soon", Received="from a by b; Mon, 2 Nov 2026 09:16:00 +0100"))
    assert message.at == datetime.fromisoformat("2026-11-02T09:16:00+01:00")


def test_a_message_passed_on_stays_whole() -> None:
    text = "FYI\n\nFrom: Bo\nSent: Monday\nTo: Dana\nSubject: x\n\nThe offer."
    assert (read(mail(text, Subject="WG: Offer")).text, read(mail(text)).text) == (text, "FYI")


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (mail("Grüße", Content_Type="text/plain; charset=utf-8"), "Grüße"),
        (mail("Gr\udcfc\udcdfe", Content_Type="text/plain; charset=iso-8859-1"), "Grüße"),
        (mail("Gr=FC=DFe=\n!", Content_Type="text/plain; charset=latin1", Content_Transfer_Encoding="quoted-printable"), "Grüße!"),
        (mail("SGk=", Content_Transfer_Encoding="base64"), "Hi"),
        (mail("not base64 at all!", Content_Transfer_Encoding="x-unknown"), "not base64 at all!"),
        (mail("one \ntwo\n> a \n> b\nend", Content_Type="text/plain; format=flowed"), "one two\n> a b\nend"),
        (mail(HTML, Content_Type="text/html"), "Hi **Nora**,\n\n- one"),
        (multipart("\nHi", "Content-Type: text/html\n\n" + HTML, kind="alternative"), "Hi"),
        (multipart("\nSee the HTML.", "Content-Type: text/html\n\n<p>" + "word " * 100, kind="alternative"), ("word " * 100).strip()),
        (multipart("\n ", "Content-Type: text/html\n\n" + HTML, kind="alternative"), "Hi **Nora**,\n\n- one"),
        (multipart("\nOne", "Content-Disposition: attachment; filename=a.txt\n\nx", "\nTwo"), "One\n\nTwo"),
        (mail("no parts", MIME_Version="1.0", Content_Type="multipart/mixed; boundary=x"), "no parts"),
        (mail("", Content_Type="multipart/mixed"), ""),
    ],
)
def test_the_text(data: bytes, text: str) -> None:
    assert read(data).text == text


def test_the_files() -> None:
    png = base64.b64encode(b"\x89PNG").decode()
    message = read(
        multipart(
            "\nHi",
            f"Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a/b.png\n\n{png}",
            "Content-Type: application/pdf; name*=utf-8''Angebot%20%C3%9C.pdf\n\nPDF",
            f"Content-Type: text/calendar; method=REQUEST\n\n{ICS}",
            "Content-Type: message/rfc822\n\nSubject: Inner\n\nText",
            "Content-Type: application/pgp-signature; name=signature.asc\n\nx",
            "Content-Type: image/gif\nContent-Disposition: inline\nContent-Location: photo.gif\n\nGIF",
            "Content-Type: image/gif; name=Gr\udcfc\udcdfe.gif\n\nGIF",
            "Content-Type: text/plain; name=notes.md\n\n# Hi",
        )
    )
    assert files(message) == [
        ("b.png", "image/png", 4, b"\x89PNG"),
        ("Angebot Ü.pdf", "application/pdf", 3, b"PDF"),
        ("attachment 3.ics", "text/calendar", 29, ICS.encode()),
        ("Inner.eml", "message/rfc822", 20, b"Subject: Inner\n\nText"),
        ("photo.gif", "image/gif", 3, b"GIF"),
        ("Grüße.gif", "image/gif", 3, b"GIF"),
        ("notes.md.txt", "text/plain", 4, b"# Hi"),
    ]


def test_a_file_that_is_shown_is_the_text_of_a_mail_that_has_no_other() -> None:
    message = read(multipart('Content-Type: text/plain; name="msg.txt"\nContent-Disposition: inline\n\nHi'))
    assert (message.text, [file.name for file in message.attachments]) == ("Hi", ["msg.txt"])


def test_pictures_within_the_text_are_no_files() -> None:
    logo = 'Content-Type: image/png; name="logo.png"\nContent-ID: <1>\n\nPNG'
    data = multipart("Content-Type: text/html\n\n<p>Hi</p><img src=cid:1>", logo, kind="related")
    assert (read(data).text, files(read(data))) == ("Hi", [])


@pytest.mark.parametrize(
    ("name", "kind", "safe"),
    [
        ("../../evil.pdf", "application/pdf", "evil.pdf"),
        ("C:\\temp\\offer.docx", "", "offer.docx"),
        ("/etc/passwd", "", "passwd"),
        ("a\x00b\u202e.txt", "text/plain", "ab.txt"),
        ("", "application/pdf", "attachment 1.pdf"),
        ("...", "image/png", "attachment 1.png"),
        ("offer", "application/pdf", "offer.pdf"),
        ("note.md", "text/plain", "note.md.txt"),
        ("NOTE.MD.", "text/plain", "NOTE.MD.txt"),
        ("view.base", "", "view.base.txt"),
        ("vaultcrm.toml", "", "vaultcrm.toml.txt"),
        (".gitattributes", "", "gitattributes"),
        ("con.txt", "", "note con.txt"),
        ("x" * 300 + ".pdf", "", "x" * 116 + ".pdf"),
    ],
)
def test_the_name_of_a_file_is_safe(name: str, kind: str, safe: str) -> None:
    assert attachment_name(name, kind) == safe


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("a \nb", "a b"),
        ("a\nb", "a\nb"),
        ("> a \n> b\nc", "> a b\nc"),
        ("> a \n>> b", "> a \n>> b"),
        (" From x", "From x"),
        ("a \n-- \nDana", "a \n-- \nDana"),
        ("a ", "a "),
    ],
)
def test_flowed_lines_are_joined(text: str, joined: str) -> None:
    assert unflow(text, deletes_spaces=False) == joined


def test_flowed_lines_without_spaces_between_words() -> None:
    assert unflow("你 \n好", deletes_spaces=True) == "你好"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"List-Id": "<a.x.example>"}, "from a mailing list (List-Id)"),
        ({"List-Unsubscribe": "<https://x.example>"}, "a newsletter (List-Unsubscribe)"),
        ({"Auto-Submitted": "auto-replied"}, "an automatic message (Auto-Submitted)"),
        ({"Auto-Submitted": "no"}, ""),
        ({"Precedence": "bulk"}, "sent in bulk (Precedence)"),
        ({"Precedence": "first-class"}, ""),
        ({"Content-Type": "multipart/report; boundary=x"}, "a delivery report"),
        ({"X-Mozilla-Status": "0009"}, "deleted in Thunderbird"),
        ({"X-Mozilla-Status": "0001"}, ""),
        ({}, ""),
    ],
)
def test_bulk_by_its_headers(headers: dict[str, str], reason: str) -> None:
    assert bulk_reason({name.lower(): [value] for name, value in headers.items()}, "dana@acme.example", ()) == reason


@pytest.mark.parametrize(
    "name", ["no-reply", "noreply", "do_not_reply", "shop-noreply", "noreply+17", "mailer-daemon", "bounces-17", "notifications"]
)
def test_bulk_by_its_sender(name: str) -> None:
    assert bulk_reason({}, f"{name}@x.example", ()) == "from an address that takes no replies"


@pytest.mark.parametrize("name", ["dana", "noreen", "reply", "alerta.m", "info", "anoreply.d"])
def test_people_are_not_bulk(name: str) -> None:
    assert bulk_reason({}, f"{name}@x.example", ()) == ""


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Spam", "marked as spam"),
        ("INBOX.Junk E-mail", "marked as spam"),
        (".Trash", "deleted"),
        ("Entwürfe", "a draft"),
        ("\\Draft", "a draft"),
        ("Acme", ""),
    ],
)
def test_bulk_by_its_label(label: str, reason: str) -> None:
    assert read(mail(), label).bulk == reason


# --------------------------------------------------------------------------------- mails that mean harm

NESTED = "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2000))
LARGE: dict[str, Callable[[], bytes]] = {
    "large": lambda: mail("x\n" * (MAX_MAIL // 2)),
    "one line": lambda: mail("x" * 3_000_000),
    "many lines": lambda: mail("x\n" * 900_000),
    "many parts": lambda: multipart(*["\nx"] * 40_000),
    "deep": lambda: mail() + NESTED.encode(),
    "mails in mails": lambda: mail("Content-Type: message/rfc822\n\n" * 2000, Content_Type="message/rfc822"),
    "many headers": lambda: mail().replace(b"\n\n", b"\n" + b"A: b\n" * 200_000 + b"\n", 1),
    "many parameters": lambda: mail(Content_Type="multipart/mixed" + "; a=b" * 30_000),
    "folded parameters": lambda: mail(Content_Type="multipart/mixed" + ";\n a=b" * 30_000),
}


@pytest.mark.parametrize("make", LARGE.values(), ids=LARGE.keys())
def test_of_a_monstrous_mail_the_header_is_read(make: Callable[[], bytes]) -> None:
    message = read(make())
    assert (message.source, message.subject, message.text) == ("mail:1@acme.example", "Offer", "")
    assert message.remark.endswith("was read.")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"hello", b"\x00\xff" * 100, b"Note: x\n\ny", b"PK\x03\x04", b"{}"])
def test_what_is_no_mail_is_refused(data: bytes) -> None:
    assert read_mail(data, "x.eml") == Refused("x.eml", "It isn't a mail: it has none of the headers of one.")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "text/plain; charset*=x''%ff%zz"},
        {"Content_Type": "text/plain; charset=\udcff"},
        {"Content_Type": "image/png; name*0*=utf-8''a; name*1=b; name*99999999999999999999=c"},
        {"Content_Type": "; ; =; ="},
        {"Content_Disposition": "attachment; filename*=unknown'x'%00"},
        {"Content_Transfer_Encoding": "uuencode"},
        {"Subject": "=?utf-8?b?" + "=" * 50},
        {"To": "[", "Cc": "x@", "Date": "<<é"},
    ],
)
def test_broken_headers_do_no_harm(headers: dict[str, str]) -> None:
    message = read(mail(**headers))
    assert message.source == "mail:1@acme.example"
    files(message)


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ({"Message_ID": "<1@x>"}, ""),
        ({"Message_ID": "\n <1@x>"}, ""),
        ({"Message_ID": "<2@x>"}, "Hi."),
        ({"Message_ID": "<2@x>", "X_Old": "x\nMessage-ID: <1@x>"}, "Hi."),
        ({"Message_ID": ""}, "Hi."),
    ],
)
def test_of_a_known_mail_only_the_header_is_read(headers: dict[str, str], text: str) -> None:
    message = read_mail(mail("Hi.", **headers), is_known=lambda source: source == "mail:1@x")
    assert isinstance(message, Message)
    assert (message.text, message.sender.email, message.at is not None) == (text, "dana@acme.example", True)
