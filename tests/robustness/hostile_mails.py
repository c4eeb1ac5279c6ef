"""Hostile mails: what mutated inputs are made from, bombs, and what has to hold for a message that was read."""

from tests.importers.mail.mails import mail, multipart
from vaultcrm.importers.inert import inert, inert_line
from vaultcrm.importers.message import Message
from vaultcrm.model.read_note import read_note
from vaultcrm.search.documents import make_document

_SEPARATOR = b"From dana@acme.example Mon Nov  2 09:15:00 2026\n"
_HTML = (
    "<html><body><ul><li><input type=checkbox> Pay 📅 2026-01-01</li></ul><blockquote>[!decision] x</blockquote>"
    "<table><tr><td>a</table>&#x202e;<a href='javascript:x'>y</a></body></html>"
)
_MULTIPART = b'Content-Type: multipart/mixed; boundary="=b"\n\n'


def _nested(depth: int) -> str:
    return "".join(f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(depth))


SEEDS = (
    mail("Hi,\n\n- [ ] Pay 📅 2026-01-01\n\nOn 2 Nov 2026, Nora wrote:\n> [!decision] x\n> [[Acme]] #tag\n-- \nDana\n"),
    multipart(
        "\nHi",
        f"Content-Type: text/html; charset=utf-8\n\n{_HTML}",
        "Content-Type: application/pdf; name*=utf-8''a%20b.pdf\nContent-Transfer-Encoding: base64\n\nUERG",
        "Content-Type: message/rfc822\n\nSubject: x\n\ny",
    ),
    multipart(
        "Content-Type: text/plain; charset=iso-2022-jp; format=flowed; delsp=yes\nContent-Transfer-Encoding: quoted-printable\n\n"
        "=1B$B%F=1B(B \nx",
        kind="alternative",
        Subject="=?utf-8?q?J=C3=B6rg?= =?koi8-r?B?8NLJ?=",
        To='"Lee, Bo" <b@x>, Team: a@b.c;',
    ),
    _SEPARATOR + mail("one") + b"\n" + _SEPARATOR + mail("two\n>From x"),
    mail(_HTML, Content_Type="text/html"),
)
PIECES = (
    b"boundary=", b"--=b\n", b"--=b--\n", _MULTIPART, b"Content-Type: message/rfc822\n\n", b"charset=utf-7", b"charset=unicode_escape",
    b"=?utf-8?B?", b"?=", b"(" * 3000, b"<" * 3000, b">" * 3000, b'"' * 501, b",a@b" * 2000, b"\nFrom ", b"\n" + _SEPARATOR,
    b"name*0*=x''%ff", b"=\n", b"\0" * 50, b"; a=b" * 3000, b"\r", b"Message-ID: <[[Acme]]@x>\n",
    b"Date: Mon, 99 Nov 99999999999999 99:99\n",
    b"References: " + b"<a@b>" * 5000 + b"\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: x-uuencode\n", b"> " * 2000 + b"\n", b"<div>" * 2000,
    b"<table><tr><td>" * 500, b"- [ ] x\n", b"> [!decision] x\n", b"---\ntype: client\n---\n", b"-----Original Message-----\n",
    b"From: a\nSent: b\nTo: c\n", b"wrote:\n", b"a" * 100_000,
)  # fmt: skip


def bombs() -> tuple[bytes, ...]:
    """Mails that are large or deep; making them takes a second."""
    return (
        *(mail(text) for text in (
            "x" * 900_000, "x" * 3_000_000, "> x\n" * 200_000, "On 1, a wrote:\n> x\ny\n" * 40_000, "[" * 900_000,
            "[a](https://x " * 50_000, " " * 900_000 + "x", "#" * 900_000, "\u200d" * 300_000, "wrote: " * 100_000,
            "a@b>:\n" * 100_000, "x\n" * 900_000,
        )),
        *(mail(text, Content_Type="text/html") for text in (
            "<" * 800_000, "<div>" * 150_000, "<blockquote>\n" * 500 + "x\n" * 40_000,
            "<table><tr>" + "<td>x" * 300 + "<tr><td>y" * 90_000, "<b><i>x</b></i>" * 60_000, "&" * 900_000,
            "<!--" * 200_000, "<p>" + " " * 900_000 + "x", "<a href=" + "x" * 900_000, "<![CDATA[" * 90_000, "<" + "a " * 400_000,
        )),
        mail(To=", ".join(f"a{n} <a{n}@x.example>" for n in range(10_000))), mail(To="(" * 200_000), mail(To="a@" * 100_000),
        mail(To='"\\' * 100_000), mail(Subject="=?utf-8?q?a?= " * 20_000), mail(Subject="=?" * 100_000), mail(References="<a@b> " * 40_000),
        mail("QUJD" * 19 + ("\n" + "QUJD" * 19) * 400_000, Content_Transfer_Encoding="base64"),
        mail(("=41" * 25 + "=\n") * 150_000, Content_Transfer_Encoding="quoted-printable"),
        mail("begin 666 x\n" + ("M" + "#" * 60 + "\n") * 100_000, Content_Transfer_Encoding="x-uuencode"),
        multipart(*["\nx"] * 20_000), multipart(*["\nx"] * 40_000), multipart(*["Content-Type: text/html\n\n<b>x"] * 1200),
        mail("Content-Type: message/rfc822\n\n" * 2000, Content_Type="message/rfc822"), b"From: x\n" + _nested(2000).encode(),
        b"From: x\n" + _nested(90).encode() + b"\n\n" + b"--c\n" * 29_000,
        mail().replace(b"\n\n", b"\n" + b"A: b\n" * 200_000 + b"\n", 1), mail(Content_Type="multipart/mixed" + "; a=b" * 30_000),
        b"From: x\nContent-Type: multipart/mixed; boundary=" + b"x" * 200_000 + b"\n\n--" + b"x" * 200_000 + b"\n",
        _SEPARATOR + b"x\n" * 700_000, (_SEPARATOR + b"Subject: x\n\n") * 2000, _SEPARATOR + b"From: x\n\n" + b"y" * 20_000_000,
    )  # fmt: skip


def check_message(message: Message) -> None:
    """Fails if anything of a stranger's would be live in a note, or an attachment's name not safe."""
    assert "[[" not in inert_line(message.subject)
    for attachment in message.attachments:
        attachment.read()
        assert not attachment.name.lower().endswith((".md", ".base", ".canvas"))
        assert "/" not in attachment.name
        assert not attachment.name.startswith(".")
    body = inert(message.text)
    if len(body) > 200_000:
        return  # reading it would take longer than reading the mail
    contents = read_note("x.md", f"---\ntype: interaction\ndate: 2026-11-02T10:00:00\n---\n{body}\n".encode())
    assert (contents.follow_ups, contents.decisions, contents.points, contents.problems, contents.links) == ((), (), (), (), ())
    assert "tags" not in make_document(contents.note, b"", body).properties
