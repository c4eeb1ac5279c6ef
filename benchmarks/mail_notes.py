"""Mailing lists as a vault: one client a list, one interaction a mail; the same mails make the same vault.

    python benchmarks/mail_notes.py FOLDER MBOXES

MBOXES is a folder of *.mbox files (mboxrd), one a list. For measuring the search with questions that people really asked.
"""

import argparse
import datetime as dt
import mailbox
import re
import sys
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path

from vaultcrm.disk.filenames import MAX_NAME_BYTES, file_name
from vaultcrm.markdown.yaml_nodes import Writable, property_lines

# what programs and lists put before a subject: "Re: [R-sig-DB] AW:", and "R-beta:" before 1998
TAGS = re.compile(
    r"^(?:\s*(?:(?:re|aw|sv|antw|fwd?|wg|r-(?:alpha|beta|testers|help))\s*(?:\[\d+\])?:|\[(?:r|rsr|ogrug)\b[^\]]*\]))+", re.IGNORECASE
)


def make(vault: Path, mboxes: Path) -> int:
    """Make the vault and say how many mails became notes. The folder must not be there yet.

    A mail that cannot be read is told on stderr and left out: one broken mail must not cost the others.
    """
    vault.mkdir(parents=True)
    (vault / "vaultcrm.toml").write_text("# mails of public mailing lists\n", "utf-8")
    written, failed = 0, 0
    for path in sorted(mboxes.glob("*.mbox")):
        home = vault / "clients" / file_name(path.stem)
        (home / "interactions").mkdir(parents=True)
        write(home / f"{home.name}.md", {"type": "client", "status": "active"}, f"The mailing list {path.stem}.")
        taken: set[str] = set()
        mails = mailbox.mbox(path, create=False)
        for key in mails.iterkeys():
            try:
                name, properties, body = note_of(mails[key])
            except (MessageError, ValueError, LookupError, TypeError, AttributeError) as error:
                failed += 1
                print(f"{path.name}, mail {key}: {error!r}", file=sys.stderr)
                continue
            write(home / "interactions" / f"{unique(name, taken)}.md", properties, body)
            written += 1
        mails.close()
    if failed:
        print(f"{failed} mails could not be read", file=sys.stderr)
    return written


def note_of(mail: mailbox.mboxMessage) -> tuple[str, dict[str, Writable], str]:
    """The name, the properties and the body of the note that a mail becomes."""
    at, subject, sender = date_of(mail), TAGS.sub("", header(mail, "subject")), sender_of(mail)
    properties: dict[str, Writable] = {"type": "interaction", "date": at, "channel": "email"}
    if sender:
        properties["people"] = [f"[[{sender}]]"]
    if source := header(mail, "message-id"):
        properties["source"] = source
    return file_name(f"{at:%Y-%m-%d %H%M} {subject.strip() or 'No subject'}"), properties, body_of(mail)


def header(mail: Message, name: str) -> str:
    """A header on one line, decoded as far as it can be."""
    raw = str(mail.get(name, ""))
    try:
        text = str(make_header(decode_header(raw)))
    except (MessageError, ValueError, LookupError):  # a charset that is none, or bytes that are not in it
        text = raw
    return " ".join(text.encode("utf-8", "replace").decode().split())


def sender_of(mail: Message) -> str:
    """The name that the sender shows, as it can stand in a link; without one what stands before the @.

    Not parseaddr: half of the names are like `Hodgess, Erin`, which without its quotes would be two senders.
    """
    name, _, address = header(mail, "from").rpartition("<")
    name = re.sub(r"\\(.)", r"\1", name.strip()).strip("\"' ")
    return file_name(name or address.strip("<> ").partition("@")[0], "")


def date_of(mail: mailbox.mboxMessage) -> dt.datetime:
    """When a mail was sent, by the clock in its own header; failing that the day in the line that separates the mails."""
    try:
        return parsedate_to_datetime(header(mail, "date")).replace(tzinfo=None)
    except ValueError:
        _, _, at = mail.get_from().partition(" ")
        return parsedate_to_datetime(f"{at} +0000").replace(tzinfo=None)


def body_of(mail: Message) -> str:
    """The text of a mail: of several parts the first that is plain, else the first that is text at all."""
    parts = [part for part in mail.walk() if part.get_content_maintype() == "text"]
    if not parts:
        return ""
    part = next((part for part in parts if part.get_content_type() == "text/plain"), parts[0])
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else str(content).encode("utf-8", "replace")
    try:
        text = raw.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return re.sub(r"^>(>*From )", r"\1", text, flags=re.MULTILINE).strip("\n")


def unique(name: str, taken: set[str]) -> str:
    """The name, with a number behind it when another note of the folder has it, on a disk that ignores case too."""
    number, chosen = 1, name
    while chosen.casefold() in taken:
        number += 1
        ending = f" {number}"
        chosen = name.encode()[: MAX_NAME_BYTES - len(ending)].decode("utf-8", "ignore").rstrip(" .-") + ending
    taken.add(chosen.casefold())
    return chosen


def write(path: Path, properties: dict[str, Writable], body: str) -> None:
    front = "\n".join(line for key, value in properties.items() for line in property_lines(key, value))
    path.write_text(f"---\n{front}\n---\n\n{body}\n", "utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("mboxes", type=Path)
    arguments = parser.parse_args()
    print(f"{make(arguments.folder, arguments.mboxes)} notes")


if __name__ == "__main__":
    main()
