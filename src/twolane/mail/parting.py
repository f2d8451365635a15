"""The child process that takes mails apart: what is attached becomes files, before anything is believed.

Run by the parent as `python -m twolane.mail.parting FOLDER`, and confined to that folder. Each line of its
input is the path of a mail; each line of its output says in JSON what it is about and which files it has put
beside it.
"""

from __future__ import annotations

import base64
import email
import email.message
import json
import os
import re
import sys
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from twolane.extract.readers.mail.headers import file_name, header
from twolane.extract.readers.mail.parts import leaves, payload
from twolane.extract.sandbox import guard, needed
from twolane.extract.sandbox.confinement import confine

MOST_PARTS = 50
CPU_S = 60.0
_DEPTH = 3  # of mails within mails
MEMORY_BYTES = 1 << 30
_NO_DOCUMENTS = frozenset(
    {"application/pgp-signature", "application/pgp-encrypted", "application/pgp-keys", "application/ms-tnef"}
    | {"application/pkcs7-signature", "application/x-pkcs7-signature", "text/calendar", "text/vcard"}
)
_SHOWN_INSIDE = re.compile(rb"cid:([^\"'\s>)]+)", re.I)


def main() -> None:
    """Take mails apart until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    guard.limit_memory(MEMORY_BYTES)
    confine(needed.by_python(Path(sys.argv[1])))
    guard.forbid_network_and_programs()
    for line in sys.stdin:
        guard.limit_cpu(CPU_S)
        path = Path(os.fsdecode(base64.b64decode(line)))
        answers.write(json.dumps(parted(path)) + "\n")
        answers.flush()


def parted(path: Path) -> dict[str, Any]:
    """Write what is attached to a mail beside it, as `<name>.<number>`; return what a parent must know."""
    message = email.message_from_bytes(path.read_bytes())
    names: list[str] = []
    for name, content in attached(message):
        path.with_name(f"{path.name}.{len(names)}").write_bytes(content)
        names.append(name)
    return {
        "subject": header(message, "Subject"),
        "sender": header(message, "From"),
        "sent": _day(header(message, "Date")),
        "names": names,
    }


def attached(message: email.message.Message, depth: int = 0) -> list[tuple[str, bytes]]:
    """Return the names and contents of what is attached as a document of its own, also to mails within it.

    Not what the mail itself shows: its texts, pictures within its HTML, and signatures.
    """
    parts = leaves(message)
    pages = [payload(part) for part in parts if part.get_content_type() == "text/html"]
    inside = {name for page in pages for name in _SHOWN_INSIDE.findall(page)}
    found: list[tuple[str, bytes]] = []
    for part in parts:
        if part.get_content_type() == "message/rfc822" and part.is_multipart() and depth < _DEPTH:
            for inner in part.get_payload():
                if isinstance(inner, email.message.Message):
                    found += attached(inner, depth + 1)
        elif _is_document(part, inside) and (content := payload(part)):
            found.append((file_name(part), content))
    return found[:MOST_PARTS]


def _is_document(part: email.message.Message, inside: set[bytes]) -> bool:
    kind, is_attached = part.get_content_type(), part.get_content_disposition() == "attachment"
    if kind in _NO_DOCUMENTS or kind.startswith(("message/", "multipart/")):
        return False
    shown_as = str(part.get("Content-ID", "")).strip(" <>").encode("utf-8", "surrogateescape")
    if kind.startswith("image/") and shown_as and (shown_as in inside or not is_attached):
        return False
    return is_attached or bool(file_name(part))


def _day(text: str) -> str:
    try:
        return parsedate_to_datetime(text.strip()).date().isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""


if __name__ == "__main__":
    main()
