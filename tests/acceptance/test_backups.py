"""Backups as a user makes them: of a served library, put back elsewhere, and asked as before."""

from __future__ import annotations

import json
import shutil
import signal
import zipfile
from pathlib import Path

import httpx
import pytest
from standins.program import Program

EXAMPLES = Path(__file__).parents[2] / "examples" / "inbox"
QUESTION = "What is the total of invoice TL-2026-015?"
SETTINGS = {
    "filing.use_model": "false",
    "chat.use_model": "false",
    "embedding.runtime": "off",
    "server.upload_limit_bytes": "100000",
}
pytestmark = pytest.mark.timeout(300)


def test_a_served_library_is_kept_and_answers_elsewhere_as_before(tmp_path: Path) -> None:
    # given: a library with a decision, that is served and makes backups by itself
    inbox, kept = tmp_path / "inbox", tmp_path / "kept"
    inbox.mkdir()
    kept.mkdir()
    shutil.copy(EXAMPLES / "invoice-TL-2026-015.pdf", inbox)
    shutil.copy(EXAMPLES / "guarantee.html", inbox)
    program = Program(tmp_path, {**SETTINGS, "backup.folder": str(kept)}, {"TWOLANE_CHAT_API_KEY": "hush"})
    program.ok("add", inbox)
    program.ok("correct", inbox / "guarantee.html", "letter")
    asked = program.ok("ask", QUESTION, "--json").values

    # when: it is kept over the API and by a command, and put back in vain
    with program.serving() as (process, url), httpx.Client(base_url=url, timeout=60) as client:
        made = client.post("/api/v1/backups")
        listed = client.get("/api/v1/backups").json()
        by_hand = program.ok("backup", tmp_path / "by hand.zip", "--with-files", "--json").values[-1]
        in_use = program.run("restore", tmp_path / "by hand.zip", "--replace")
        # what is written after a backup and the commands beside it is kept as well
        late = client.post(
            "/api/v1/files", files={"files": ("late.txt", b"Dear Ida, the key is in the shed.")}
        )
        process.send_signal(signal.SIGTERM)
        process.wait(60)

    # and put back elsewhere, with the documents
    elsewhere = Program(tmp_path / "new", dict(SETTINGS))
    elsewhere.home.mkdir()
    restored = elsewhere.ok(
        "restore", tmp_path / "by hand.zip", "--files", tmp_path / "files", "--json"
    ).values[-1]
    listing = program.ok("backups", "--verify")

    # then
    assert late.is_success, late.text
    assert "late.txt" in program.ok("files").out
    assert made.status_code in {201, 409}, made.text  # its own plan may be at it
    assert listed["folder"] == str(kept)
    assert listed["failure"] == ""
    assert in_use.code == 1
    assert "serves the library" in in_use.err
    assert (by_hand["documents"], restored["documents"]) == (2, 2)
    assert elsewhere.ok("ask", QUESTION, "--json").values[0]["sources"] == asked[0]["sources"]
    assert "whole" in listing.out
    assert (tmp_path / "files").joinpath(*(inbox / "guarantee.html").parts[1:]).is_file()
    with zipfile.ZipFile(tmp_path / "by hand.zip") as archive:
        assert b"hush" not in b"".join(archive.read(name) for name in archive.namelist())
        assert json.loads(archive.read("manifest.json"))["counts"]["files"] == 2
