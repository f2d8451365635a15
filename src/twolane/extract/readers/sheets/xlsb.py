"""XLSB workbooks: which parts of them are met and not read, as their binary form has no reader here."""

from __future__ import annotations

import re
import zipfile

from twolane.extract.base import Draft
from twolane.extract.readers.sheets.xlsx import read_embeddings

_KINDS = (
    (re.compile(r"xl/(?:comments|threadedComments/).*\.(?:bin|xml)$"), "comments of {} sheet{}"),
    (re.compile(r"xl/charts/chart[^/]*\.xml$"), "{} chart{}"),
    (re.compile(r"xl/drawings/drawing[^/]*\.xml$"), "text boxes and pictures of {} sheet{}"),
)


def say_parts(package: zipfile.ZipFile, draft: Draft) -> None:
    """Say which parts are not read, and read the files that are embedded."""
    names = [info.filename for info in package.infolist()]
    for pattern, words in _KINDS:
        if count := sum(1 for name in names if pattern.match(name)):
            draft.unread(words.format(count, "s" if count > 1 else ""))
    read_embeddings(package, draft)
