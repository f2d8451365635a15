"""Exports of paperless-ngx in every layout that its exporter writes, and files that are none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.support.paperless import DOCUMENTS, make_export

from twolane.errors import ExportError, SettingsError
from twolane.importing.base import OtherField
from twolane.importing.paperless import open_export
from twolane.importing.placing import place

LAYOUTS: dict[str, dict[str, Any]] = {
    "one folder": {},
    "folders by nature": {"folder_prefix": True},
    "split manifest": {"split_manifest": True},
    "split, folders by nature": {"folder_prefix": True, "split_manifest": True},
    "zip": {"zip_name": "export-2024-05-01"},
    "split zip": {"zip_name": "export", "split_manifest": True, "folder_prefix": True},
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_says_the_same(tmp_path: Path, layout: str) -> None:
    # given
    path = make_export(tmp_path / "export", **LAYOUTS[layout])

    # when
    with open_export(path) as export:
        power, flat, new = export.documents()
        placed = place(export, export.documents(), tmp_path / "papers")

    # then
    assert (power.kind, power.correspondent, power.day) == ("Rechnung", "Stadtwerke Hafen", date(2024, 3, 5))
    assert (power.title, power.tags, power.archive_number) == ("Strom März", ("steuer 2024", "家庭"), 407)
    assert power.fields == (OtherField("Total due", "92.10 EUR"), OtherField("Paid by", "Ada"))
    assert power.notes == 1
    assert (flat.kind, flat.day) == ("Договор", date(2024, 1, 1))
    assert (new.in_inbox, new.tags, new.title) == (True, (), "")
    assert not placed.failed
    assert sorted(path.name for path in (tmp_path / "papers").iterdir()) == sorted(
        one.name for one in DOCUMENTS
    )


def test_placing_goes_on_where_it_stopped_and_spares_other_files(tmp_path: Path) -> None:
    # given: one file is there, another file lies where the second goes
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / DOCUMENTS[0].name).write_bytes(DOCUMENTS[0].content)
    (papers / DOCUMENTS[1].name).write_text("mine")

    # when
    with open_export(make_export(tmp_path / "export")) as export:
        placed = place(export, export.documents(), papers)

    # then
    assert [one.other.number for one in placed.documents] == [11, 13]
    [failed] = placed.failed
    assert "another file lies at" in failed
    assert (papers / DOCUMENTS[1].name).read_text() == "mine"
    assert len(list(papers.iterdir())) == 3


@pytest.mark.parametrize(
    "file",
    [
        "../outside.txt",
        "/etc/hostname",
        "originals/../../outside.txt",
        "a\\..\\b",
        "link.txt",
        "absent.txt",
        "",
    ],
)
def test_a_manifest_names_no_file_outside_its_export(tmp_path: Path, file: str) -> None:
    # given
    path = make_export(tmp_path / "export")
    (tmp_path / "outside.txt").write_text("private")
    (path / "link.txt").symlink_to(tmp_path / "outside.txt")
    manifest = json.loads((path / "manifest.json").read_text())
    next(one for one in manifest if one["pk"] == 12)["__exported_file_name__"] = file
    (path / "manifest.json").write_text(json.dumps(manifest))

    # when
    with open_export(path) as export:
        placed = place(export, export.documents(), tmp_path / "papers")

    # then
    assert [one.other.number for one in placed.documents] == [11, 13]
    assert len(placed.failed) == 1


def test_a_file_that_is_not_what_was_exported_is_left_out(tmp_path: Path) -> None:
    # given
    path = make_export(tmp_path / "export")
    (path / DOCUMENTS[0].name).write_bytes(b"damaged")

    # when
    with open_export(path) as export:
        placed = place(export, export.documents(), tmp_path / "papers")

    # then
    assert "its checksum is another" in placed.failed[0]
    assert not (tmp_path / "papers" / DOCUMENTS[0].name).exists()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "cannot be read"),
        (b"[{", "cannot be read"),
        (b"\xff\xfe\x00", "cannot be read"),
        (b'[{"model": "documents.document", "pk": "x", "fields": {}}]', "no export says"),
        (b"[1, 2]", "no export says"),
    ],
)
def test_a_damaged_manifest_is_said(tmp_path: Path, content: bytes, why: str) -> None:
    # given
    path = make_export(tmp_path / "export")
    (path / "manifest.json").write_bytes(content)

    # when, then
    with pytest.raises(ExportError, match=why), open_export(path):
        pass


def test_what_is_no_export_is_said(tmp_path: Path) -> None:
    # given
    (tmp_path / "text.zip").write_text("no archive")

    # when, then
    for path in (tmp_path, tmp_path / "text.zip", tmp_path / "absent"):
        with pytest.raises(ExportError), open_export(path):
            pass


def test_files_of_a_zip_file_need_a_folder(tmp_path: Path) -> None:
    # given
    path = make_export(tmp_path / "export", zip_name="export")

    # when, then
    with open_export(path) as export, pytest.raises(SettingsError, match="--into"):
        place(export, export.documents(), None)


def test_a_damaged_or_encrypted_zip_file_is_said(tmp_path: Path) -> None:
    # given: an archive whose manifest is damaged within, and one that is marked as encrypted
    whole = make_export(tmp_path / "export", zip_name="export").read_bytes()
    at = whole.index(b"manifest.json") + len(b"manifest.json") + 40
    damaged = whole[:at] + b"\xff" * 8 + whole[at + 8 :]
    entry = whole.rindex(b"PK\x01\x02", 0, whole.rindex(b"manifest.json"))
    encrypted = whole[: entry + 8] + b"\x01" + whole[entry + 9 :]

    # when, then
    for number, content in enumerate((damaged, encrypted)):
        path = tmp_path / f"{number}.zip"
        path.write_bytes(content)
        with pytest.raises(ExportError, match="cannot be read"), open_export(path):
            pass
