"""Makes a vault from mailing lists: one client per list, one interaction per mail. The same mails make the same vault.

    python benchmarks/mail_notes.py FOLDER MBOXES

MBOXES is a folder of *.mbox files (mboxrd), one per list. The vault serves to measure search with questions about real mails.
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

# What mail programs and lists put before a subject: "Re: [R-sig-DB] AW:", and "R-beta:" before 1998
SUBJECT_PREFIXES = re.compile(
    r"^(?:\s*(?:(?:re|aw|sv|antw|fwd?|wg|r-(?:alpha|beta|testers|help))\s*(?:\[\d+\])?:|\[(?:r|rsr|ogrug)\b[^\]]*\]))+", re.IGNORECASE
)


def make(vault: Path, mboxes: Path) -> int:
    """Make the vault in a new folder; returns how many mails became notes.

    A mail that can't be read is reported on stderr and left out, so that a broken mail doesn't stop the rest.
    """
    vault.mkdir(parents=True)
    (vault / "vaultcrm.toml").write_text("# mails of public mailing lists\n", "utf-8")
    written, failed = 0, 0
    for path in sorted(mboxes.glob("*.mbox")):
        folder = vault / "clients" / file_name(path.stem)
        (folder / "interactions").mkdir(parents=True)
        write(folder / f"{folder.name}.md", {"type": "client", "status": "active"}, f"The mailing list {path.stem}.")
        taken: set[str] = set()
        mails = mailbox.mbox(path, create=False)
        for key in mails.iterkeys():
            try:
                name, properties, body = note_of(mails[key])
            except (MessageError, ValueError, LookupError, TypeError, AttributeError) as error:
                failed += 1
                print(f"{path.name}, mail {key}: {error!r}", file=sys.stderr)
                continue
            write(folder / "interactions" / f"{unique(name, taken)}.md", properties, body)
            written += 1
        mails.close()
    if failed:
        print(f"{failed} mails could not be read", file=sys.stderr)
    return written


def note_of(mail: mailbox.mboxMessage) -> tuple[str, dict[str, Writable], str]:
    """The name, the properties and the body of the note for a mail."""
    date, subject, sender = date_of(mail), SUBJECT_PREFIXES.sub("", header(mail, "subject")), sender_of(mail)
    properties: dict[str, Writable] = {"type": "interaction", "date": date, "channel": "email"}
    if sender:
        properties["people"] = [f"[[{sender}]]"]
    if source := header(mail, "message-id"):
        properties["source"] = source
    return file_name(f"{date:%Y-%m-%d %H%M} {subject.strip() or 'No subject'}"), properties, body_of(mail)


def header(mail: Message, name: str) -> str:
    """A header on one line, decoded as far as possible."""
    raw = str(mail.get(name, ""))
    try:
        text = str(make_header(decode_header(raw)))
    except (MessageError, ValueError, LookupError):  # an unknown charset, or bytes that aren't valid in it
        text = raw
    return " ".join(text.encode("utf-8", "replace").decode().split())


def sender_of(mail: Message) -> str:
    """The sender's display name as a valid link target; without one, the part of the address before the @.

    Doesn't use parseaddr: half of the names are like `Hodgess, Erin`, which without quotes would be two senders.
    """
    name, _, address = header(mail, "from").rpartition("<")
    name = re.sub(r"\\(.)", r"\1", name.strip()).strip("\"' ")
    return file_name(name or address.strip("<> ").partition("@")[0], "")


def date_of(mail: mailbox.mboxMessage) -> dt.datetime:
    """The local time in the mail's Date header; without a valid one, the time in the mbox's "From " line."""
    try:
        return parsedate_to_datetime(header(mail, "date")).replace(tzinfo=None)
    except ValueError:
        _, _, date = mail.get_from().partition(" ")
        return parsedate_to_datetime(f"{date} +0000").replace(tzinfo=None)


def body_of(mail: Message) -> str:
    """The text of a mail: the first text/plain part, else the first text part of any type, else nothing."""
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
    """The name, with a number appended if another note of the folder has the same name, ignoring case. Adds it to `taken`."""
    number, candidate = 1, name
    while candidate.casefold() in taken:
        number += 1
        ending = f" {number}"
        candidate = name.encode()[: MAX_NAME_BYTES - len(ending)].decode("utf-8", "ignore").rstrip(" .-") + ending
    taken.add(candidate.casefold())
    return candidate


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
