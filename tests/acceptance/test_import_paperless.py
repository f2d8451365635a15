"""`twolane import paperless`: a library from paperless-ngx starts with what its people have decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from standins.program import Program
from tests.support.paperless import DOCUMENTS, make_export

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def program(tmp_path: Path) -> Program:
    alone = {"embedding.runtime": "off", "filing.use_model": "false", "chat.runtime": "scripted"}
    return Program(tmp_path, {**alone, "chat.model": "twin"})


def filed(program: Program) -> dict[str, dict[str, object]]:
    return {file["name"]: file for file in program.ok("files", "--json").values}


def test_types_dates_titles_senders_and_tags_are_decisions(program: Program, tmp_path: Path) -> None:
    # given
    export = make_export(tmp_path / "export", folder_prefix=True)
    papers = tmp_path / "papers"

    # when
    previewed = program.ok("import", "paperless", export, "--as", "Rechnung=invoice", "--preview").out
    nothing = filed(program)
    told = program.ok("import", "paperless", export, "--into", papers, "--as", "Rechnung=invoice").out
    again = program.ok("import", "paperless", export, "--into", papers, "--as", "Rechnung=invoice").out

    # then: what would be done is shown, and nothing was done
    assert "Rechnung" in previewed
    assert "not taken over: the custom field 'Paid by' of 1" in previewed
    assert "not taken over: the notes on 1" in previewed
    assert "1 are in its inbox" in previewed
    assert nothing == {}
    # then: it is done once
    assert "3 files of 3 are in place, 2 with your decisions" in told
    assert "0 new, 0 changed, 3 unchanged" in again
    files = filed(program)
    power, flat, new = (files[one.name] for one in DOCUMENTS)
    assert power["classification"]["category"] == "invoice"  # type: ignore[index]
    assert power["classification"]["tier"] == "person"  # type: ignore[index]
    assert power["classification"]["reason"] == "a person decided, in paperless-ngx"  # type: ignore[index]
    assert set(power["tags"]) == {"steuer 2024", "家庭", "ASN 407"}  # type: ignore[call-overload]
    assert flat["classification"]["tier"] == "person"  # type: ignore[index]
    assert new["classification"]["tier"] != "person"  # type: ignore[index]
    categories = {one["name"]: one for one in program.ok("taxonomy", "list", "--json").values}
    assert categories["Договор"]["people"] == 1
    assert "Rechnung" not in categories
    facts = program.ok("files", papers / DOCUMENTS[0].name, "--json").values
    known = {one["field"]: one["value"] for one in facts[0].get("fields", ())} if "fields" in facts[0] else {}
    assert known.get("date", "2024-03-05") == "2024-03-05"
    assert not any("webp" in name or "archive" in name for name in files)


def test_what_was_in_the_library_before_is_decided_on_unless_a_person_has(
    program: Program, tmp_path: Path
) -> None:
    # given: both documents of the export are known, and a person has decided on one of them
    papers = tmp_path / "papers"
    papers.mkdir()
    for one in DOCUMENTS[:2]:
        (papers / one.name).write_bytes(one.content)
    program.ok("add", papers)
    program.ok("correct", papers / DOCUMENTS[0].name, "letter")

    # when
    export = make_export(tmp_path / "export", zip_name="export")
    program.ok("import", "paperless", export, "--into", papers)

    # then
    files = filed(program)
    assert files[DOCUMENTS[0].name]["classification"]["category"] == "letter"  # type: ignore[index]
    assert files[DOCUMENTS[1].name]["classification"]["tier"] == "person"  # type: ignore[index]


def test_what_people_have_decided_here_since_is_not_changed_by_a_second_import(
    program: Program, tmp_path: Path
) -> None:
    # given: one document was taken out with a decision of here; of another one all was taken back
    export, papers = make_export(tmp_path / "export"), tmp_path / "papers"
    power, flat = (papers / one.name for one in DOCUMENTS[:2])
    program.ok("import", "paperless", export, "--into", papers)
    program.ok("correct", power, "letter")
    program.ok("remove", power, "--yes")
    program.ok("correct", flat, "--undo")

    # when
    program.ok("import", "paperless", export, "--into", papers)
    program.ok("add", power)
    program.ok("add", papers, "--redo")

    # then
    files = filed(program)
    assert files[DOCUMENTS[0].name]["classification"]["category"] == "letter"  # type: ignore[index]
    assert files[DOCUMENTS[1].name]["classification"]["tier"] != "person"  # type: ignore[index]


def test_wrong_wishes_and_damaged_files_are_said(program: Program, tmp_path: Path) -> None:
    # given
    export = make_export(tmp_path / "export")
    (export / DOCUMENTS[0].name).write_bytes(b"damaged")

    # when
    no_type = program.run("import", "paperless", export, "--as", "Quittung=receipt", "--preview")
    no_category = program.run("import", "paperless", export, "--as", "Rechnung=nosuch", "--preview")
    no_field = program.run("import", "paperless", export, "--field", "Paid by=nosuch", "--preview")
    damaged = program.run("import", "paperless", export)

    # then
    assert "the export has no type 'Quittung'" in no_type.err
    assert "nosuch" in no_category.err
    assert "there is no field 'nosuch'" in no_field.err
    assert damaged.code == 4
    assert "its checksum is another" in damaged.err + damaged.out
    assert "2 files of 3 are in place" in damaged.out
