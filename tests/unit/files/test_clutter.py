"""Names that programs give to what is no document, and names of people that look a little like them."""

from __future__ import annotations

from pathlib import Path

import pytest

from twolane.documents import FileSeen, FileSkipped
from twolane.files.clutter import Clutter, clutter_names
from twolane.files.scan import scan


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
    assert Clutter().why_file(name)


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
    assert not Clutter().why_file(name)


@pytest.mark.parametrize(
    "folder",
    [
        *(".stversions", "@eaDir", "@EADIR", ".Trash-1000", "#recycle", ".AppleDouble", "__MACOSX", ".git"),
        *("$RECYCLE.BIN", "@GMT-2026.01.01-00.00.00", ".local/share/Trash", "lost+found", "node_modules"),
    ],
)
def test_what_systems_keep_in_folders_of_their_own_is_no_document(folder: str) -> None:
    assert Clutter().why_folder(Path("/home/ada") / folder)


@pytest.mark.parametrize("folder", ["CVs", "cvs", "Trash", "share/Trash", "Papierkorb", "корзина", "git"])
def test_what_people_call_their_folders_is_taken_in(folder: str) -> None:
    assert not Clutter().why_folder(Path("/home/ada") / folder)


def test_each_name_means_a_file_or_a_folder_and_says_why() -> None:
    patterns = [(one.pattern.casefold(), one.is_folder) for one in clutter_names()]

    assert len(patterns) == len(set(patterns))
    assert all(one.why for one in clutter_names())


def test_a_name_that_people_want_taken_in_is_clutter_no_more() -> None:
    clutter = Clutter({".stversions", "*.tmp"})

    assert not clutter.why_folder(Path("/home/ada/.stversions"))
    assert not clutter.why_file("letter.tmp")
    assert clutter.why_folder(Path("/home/ada/@eaDir"))


def test_of_a_folder_that_devices_and_programs_share_only_the_document_is_taken_in(tmp_path: Path) -> None:
    # given: https://github.com/paperless-ngx/paperless-ngx/issues/444 and syncthing/syncthing#1631
    for name in (
        *("Invoice 77.txt", "._Invoice 77.txt", ".~lock.budget.ods#", ".AppleDouble/Invoice 77.txt"),
        *(".stversions/Invoice 77~20260101-101010.txt", "@eaDir/Invoice 77.txt/SYNOINDEX_MEDIA_INFO"),
        ".Trash-1000/files/Old contract.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Total due 88 EUR for the mower")

    # when
    found = list(scan([tmp_path]))

    # then
    assert [one.path.name for one in found if isinstance(one, FileSeen)] == ["Invoice 77.txt"]
    assert all(one.is_clutter for one in found if isinstance(one, FileSkipped))
    assert sum(isinstance(one, FileSkipped) for one in found) == 6
