"""Exports of paperless-ngx, made as its documentation and its `document_exporter` describe them."""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

KINDS = {1: "Rechnung", 2: "Договор"}
CORRESPONDENTS = {1: "Stadtwerke Hafen", 2: "مصرف النور"}
TAGS = {1: ("steuer 2024", False), 2: ("inbox", True), 3: ("家庭", False)}
CUSTOM: dict[int, dict[str, Any]] = {
    1: {"name": "Total due", "data_type": "monetary", "extra_data": {"default_currency": "EUR"}},
    2: {
        "name": "Paid by",
        "data_type": "select",
        "extra_data": {"select_options": [{"id": "a1", "label": "Ada"}]},
    },
    3: {"name": "See also", "data_type": "documentlink", "extra_data": None},
}


@dataclass
class PaperlessDocument:
    """A document of the export; numbers point to the tables above."""

    number: int
    name: str
    content: bytes
    title: str
    kind: int | None = None
    correspondent: int | None = None
    tags: tuple[int, ...] = ()
    created: str = "2024-03-05"
    archive_serial_number: int | None = None
    custom: dict[int, Any] = field(default_factory=dict)
    note: str = ""


DOCUMENTS = (
    PaperlessDocument(
        11,
        "2024-03-05 Stadtwerke Hafen Strom März.txt",
        "Strom März 2024: 310 kWh, zusammen 92,10 EUR.".encode(),
        "Strom März",
        kind=1,
        correspondent=1,
        tags=(1, 3),
        archive_serial_number=407,
        custom={1: "EUR92.10", 2: "a1", 3: [12]},
        note="im Ordner",
    ),
    # one of an older version: a moment in UTC, of what was the next day where it was made
    PaperlessDocument(
        12,
        "2024-01-01 Wohnung.txt",
        "Договор аренды квартиры заключён сторонами на один год.".encode(),
        "Wohnung",
        kind=2,
        created="2023-12-31T23:00:00Z",
    ),
    PaperlessDocument(
        13,
        "2024-02-02 neu.txt",
        "كشف الحساب لشهر فبراير".encode(),
        "scan_0007",
        kind=1,
        correspondent=2,
        tags=(2,),
    ),
)


def make_export(
    folder: Path,
    documents: tuple[PaperlessDocument, ...] = DOCUMENTS,
    *,
    folder_prefix: bool = False,
    split_manifest: bool = False,
    zip_name: str = "",
) -> Path:
    """Write an export and return its path; the options are those of `document_exporter`."""
    folder.mkdir(parents=True, exist_ok=True)
    original, thumbnail, archive, single = (
        ("originals/", "thumbnails/", "archive/", "json/") if folder_prefix else ("", "", "", "")
    )
    manifest = _tables()
    for one in documents:
        for name, content in (
            (original + one.name, one.content),
            (f"{thumbnail}{one.name}-thumbnail.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 "),
            (f"{archive}{one.name}-archive.pdf", b"%PDF-1.4\n%%EOF"),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        objects = _objects(one)
        objects[0] |= {
            "__exported_file_name__": original + one.name,
            "__exported_thumbnail_name__": f"{thumbnail}{one.name}-thumbnail.webp",
            "__exported_archive_name__": f"{archive}{one.name}-archive.pdf",
        }
        if split_manifest:
            _write(folder / f"{single}{one.name}-manifest.json", objects)
        else:
            manifest += objects
    _write(folder / "manifest.json", manifest)
    _write(folder / "metadata.json", {"version": "2.17.1"})
    if not zip_name:
        return folder
    packed = shutil.make_archive(str(folder.parent / zip_name), "zip", folder)
    shutil.rmtree(folder)
    return Path(packed)


def _tables() -> list[dict[str, Any]]:
    named = [("correspondent", CORRESPONDENTS), ("documenttype", KINDS)]
    tables: list[dict[str, Any]] = [
        {
            "model": f"documents.{model}",
            "pk": number,
            "fields": {"name": name, "match": "", "matching_algorithm": 6},
        }
        for model, names in named
        for number, name in names.items()
    ]
    tables += [
        {
            "model": "documents.tag",
            "pk": number,
            "fields": {"name": name, "is_inbox_tag": inbox, "tn_parent": None},
        }
        for number, (name, inbox) in TAGS.items()
    ]
    tables += [
        {"model": "documents.customfield", "pk": number, "fields": custom}
        for number, custom in CUSTOM.items()
    ]
    return [*tables, {"model": "auth.user", "pk": 2, "fields": {"username": "ada", "password": "x"}}]


def _objects(one: PaperlessDocument) -> list[dict[str, Any]]:
    columns = {"monetary": "value_monetary", "select": "value_select", "documentlink": "value_document_ids"}
    fields = {
        "title": one.title,
        "content": one.content.decode(),
        "document_type": one.kind,
        "correspondent": one.correspondent,
        "tags": list(one.tags),
        "created": one.created,
        "checksum": hashlib.md5(one.content, usedforsecurity=False).hexdigest(),
        "original_filename": "scan_0007.pdf",
        "archive_serial_number": one.archive_serial_number,
        "deleted_at": None,
    }
    objects: list[dict[str, Any]] = [{"model": "documents.document", "pk": one.number, "fields": fields}]
    for number, value in one.custom.items():
        column = columns[CUSTOM[number]["data_type"]]
        instance = {"document": one.number, "field": number, "value_text": None, column: value}
        objects.append({"model": "documents.customfieldinstance", "pk": number, "fields": instance})
    if one.note:
        note = {"document": one.number, "note": one.note, "user": 2}
        objects.append({"model": "documents.note", "pk": 1, "fields": note})
    return objects


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False), "utf-8")
