"""Which mails aren't part of a conversation: newsletters, lists, automatic messages, spam, drafts, deleted ones."""

import re
from collections.abc import Mapping, Sequence

from vaultcrm.importers.mail.headers import header_text

# The reason for each header that gives mail away, and which values of it do; an empty pattern means any
_HEADERS = {
    "auto-submitted": (r"(?!no\b)", "an automatic message (Auto-Submitted)"),
    "x-autoreply": ("", "an automatic reply (X-Autoreply)"),
    "x-autorespond": ("", "an automatic reply (X-Autorespond)"),
    "list-id": ("", "from a mailing list (List-Id)"),
    "list-post": (r"(?!\s*no\b)", "from a mailing list (List-Post)"),
    "precedence": (r"\s*(?:bulk|list|junk|auto_reply)", "sent in bulk (Precedence)"),
    "list-unsubscribe": ("", "a newsletter (List-Unsubscribe)"),
    "content-type": (r"\s*multipart/report|\s*message/(?:delivery-status|disposition-notification)", "a delivery report"),
    "x-spam-flag": (r"\s*yes", "marked as spam (X-Spam-Flag)"),
    "x-mozilla-draft-info": ("", "a draft"),
    "x-mozilla-status": (r"\s*[0-9a-f]{3}[89a-f]", "deleted in Thunderbird"),
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, (pattern, _) in _HEADERS.items()}
_NO_REPLY = re.compile(
    r"(?:.*[-_.+])?(?:no-?_?reply|do-?_?not-?_?reply|noresponse|no-response|ne-pas-repondre|nicht-?antworten|mailer-daemon|bounces?|unsubscribe)"
    r"(?:[-_.+\d].*)?|(?:notifications?|newsletters?|mailings?|postmaster|alerts?)(?:[-_.+\d].*)?",
    re.IGNORECASE,
)
# The folders and labels of programs and providers, in lower case; flags of Maildir and IMAP
_LABELS = {
    "marked as spam": "spam junk junk-e-mail junk-email [gmail]/spam \\junk $junk spamverdacht indésirables unerwünscht correo-no-deseado "
    "posta-indesiderata",
    "deleted": "trash bin deleted deleted-items deleted-messages [gmail]/trash [gmail]/bin \\deleted \\trash papierkorb gelöscht "
    "gelöschte-elemente gelöschte-objekte corbeille papelera cestino lixeira prullenbak kosz",
    "a draft": "draft drafts [gmail]/drafts \\draft entwurf entwürfe brouillon brouillons borrador borradores bozze bozza rascunho "
    "rascunhos concepten szkice",
}
_REASON_OF_LABEL = {label: reason for reason, labels in _LABELS.items() for label in labels.split()}


def bulk_reason(headers: Mapping[str, Sequence[str]], address: str, labels: Sequence[str]) -> str:
    """Why a mail isn't part of a conversation; "" if it may be.

    `headers` are raw values by names in lower case, `address` is the sender's.
    """
    for label in labels:
        folder = label.lower().removeprefix("inbox.").strip(".").replace(" ", "-")
        if reason := _REASON_OF_LABEL.get(folder):
            return reason
    for name, (_, reason) in _HEADERS.items():
        if (values := headers.get(name)) and _PATTERNS[name].match(header_text(values[0])):
            return reason
    if _NO_REPLY.fullmatch(address.partition("@")[0]):
        return "from an address that takes no replies"
    return ""
