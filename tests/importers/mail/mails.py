"""Mails for the tests."""


def mail(text: str = "Hi Nora,\n\nOption B.", **headers: str) -> bytes:
    """A mail as its bytes, with LF; a header is named with "_" for "-", and one that is empty is left out."""
    values = {
        "From": "Dana Roe <dana@acme.example>",
        "To": "Nora <nora@studio.example>",
        "Date": "Mon, 2 Nov 2026 09:15:00 +0100",
        "Message-ID": "<1@acme.example>",
        "Subject": "Offer",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    return ("".join(f"{name}: {value}\n" for name, value in values.items() if value) + f"\n{text}\n").encode("utf-8", "surrogateescape")


def multipart(*parts: str, kind: str = "mixed", **headers: str) -> bytes:
    """A mail of parts, each with its own header and an empty line."""
    body = "".join(f"--=b\n{part}\n" for part in parts) + "--=b--"
    return mail(body, **({"MIME_Version": "1.0", "Content_Type": f'multipart/{kind}; boundary="=b"'} | headers))
