"""Names that programs give to what is no document yet, and names of people that look a little like them."""

from __future__ import annotations

import pytest

from twolane.files.unfinished import why_no_document


@pytest.mark.parametrize(
    "name",
    [
        *(
            "bill.pdf.part",
            "bill.pdf.crdownload",
            "Unconfirmed 4711.crdownload",
            "BILL.PDF.PART",
            "scan0001.tmp",
        ),
        *(".com.google.Chrome.aB3dE9", ".bill.pdf.aB3dE9", ".رسالة.pdf.Zx81Qp", ".bill.pdf.~1f2e3d"),
        *(".syncthing.bill.pdf.tmp", "~syncthing~bill.pdf.tmp", ".goutputstream-AB12CD", "bill.pdf.filepart"),
        *(
            "~$letter.docx",
            ".~lock.letter.odt#",
            ".#letter.txt",
            "#letter.txt#",
            "letter.txt~",
            ".letter.txt.swp",
        ),
        *("Thumbs.db", ".DS_Store", "._letter.pdf", ".nfs000000000123", ".fuse_hidden0000001"),
    ],
)
def test_what_programs_are_still_at_or_note_for_themselves_is_no_document(name: str) -> None:
    assert why_no_document(name)


@pytest.mark.parametrize(
    "name",
    [
        *("bill.pdf", "part", "Temp.txt", "~letter.txt", "Brief an Frau Größe.odt", "письмо.txt", "信件.pdf"),
        *(
            ".profile",
            ".letter.backup",
            ".notes.sqlite",
            ".LETTER.BACKUP",
            ".bill.202611",
            "tmp.pdf",
            "x#y#.txt",
        ),
        *("letter.download.pdf", "a.~b.txt", "C# notes.txt", "swp"),
    ],
)
def test_what_people_name_so_is_a_document(name: str) -> None:
    assert not why_no_document(name)
