"""The example inbox: made by its script alone, of many formats, and with questions that it answers."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageStat

EXAMPLES = Path(__file__).parents[2] / "examples"
INBOX = EXAMPLES / "inbox"
FILES = sorted(INBOX.iterdir())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "inbox"
    subprocess.run([sys.executable, EXAMPLES / "make_inbox.py", folder], check=True, timeout=120)
    return folder


def test_the_script_makes_the_committed_files_and_no_others(made: Path) -> None:
    # then
    assert sorted(path.name for path in made.iterdir()) == [path.name for path in FILES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_the_script_makes_the_same_document(made: Path, path: Path) -> None:
    # given
    committed, again = path.read_bytes(), (made / path.name).read_bytes()

    # when another version of a library has packed or drawn it in another way
    same = committed == again or same_content(path.suffix, committed, again)

    # then
    assert same


def test_the_inbox_is_rich_and_small() -> None:
    # when
    formats = {path.suffix for path in FILES}

    # then
    assert len(FILES) >= 15
    assert len(formats) >= 8
    assert {".pdf", ".docx", ".pptx", ".xlsx", ".odt", ".html", ".md", ".txt", ".csv", ".eml"} <= formats
    assert {".epub", ".jpg", ".png", ".rtf", ".py"} <= formats
    assert sum(path.stat().st_size for path in FILES) < 3_000_000


def test_the_scans_hold_no_text() -> None:
    # when
    text = "".join(pdf_pages((INBOX / "scan-0041.pdf").read_bytes()))

    # then
    assert not text.strip()


def test_one_file_is_latin_1() -> None:
    # given
    content = (INBOX / "minutes-spring.txt").read_bytes()

    # then
    assert "Käthe Möwius" in content.decode("latin-1")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_the_questions_refer_to_files_and_pages_that_exist() -> None:
    # given
    lines = (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()

    # when
    questions = [json.loads(line) for line in lines]

    # then
    assert len(questions) >= 12
    for question in questions:
        assert set(question) == {"question", "answer", "file", "page"}
        if question["file"]:
            assert (INBOX / question["file"]).is_file()
            assert question["page"] >= 1
            assert question["answer"]
        else:  # a question that the files do not answer
            assert not question["answer"]


def test_the_answers_stand_on_the_pages_named() -> None:
    # given
    lines = (EXAMPLES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [json.loads(line) for line in lines]

    for question in asked:
        if not question["file"].endswith(".pdf") or question["file"].startswith("scan"):
            continue

        # when
        page = pdf_pages((INBOX / question["file"]).read_bytes())[question["page"] - 1]

        # then
        words = question["answer"].lower().replace(",", " ").split()
        assert all(word in page.lower().replace(",", " ") for word in words), question


def pdf_pages(content: bytes) -> list[str]:
    with pypdfium2.PdfDocument(content) as document:
        return [page.get_textpage().get_text_range() for page in document]


def zip_members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def same_content(suffix: str, one: bytes, other: bytes) -> bool:
    """Compare what a reader gets of two documents whose bytes differ."""
    if suffix == ".pdf":
        return pdf_pages(one) == pdf_pages(other)
    if suffix in {".jpg", ".png"}:
        with Image.open(io.BytesIO(one)) as a, Image.open(io.BytesIO(other)) as b:
            difference = ImageStat.Stat(ImageChops.difference(a.convert("L"), b.convert("L")))
            return a.size == b.size and difference.mean[0] < 4
    if suffix in {".docx", ".pptx", ".xlsx", ".odt", ".epub"}:
        return zip_members(one) == zip_members(other)
    return suffix == ".eml" and one.partition(b"JVBERi")[0] == other.partition(b"JVBERi")[0]
