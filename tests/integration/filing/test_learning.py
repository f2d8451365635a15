"""Processes that have one library open learn the same, lose nothing, and learn from a correction at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from standins.models import embedding_model
from standins.postgres import postgres_server
from tests.support.filing_process import FilingProcess, filing_process

pytestmark = pytest.mark.model

LETTER = """Dear Mr {name},

I am writing to you about the arrangement that we spoke of on {day} May. The storage room at {number}
Mill Lane is let to you from the first of June; you pay {number} pounds each month and keep it dry and
locked. Please find enclosed two copies, and send one of them back with your name under it.

Yours sincerely,
Ada {name}
"""
Processes = tuple[FilingProcess, FilingProcess]

NAMES = ("Harlow", "Finch", "Penrose", "Ashby", "Quill", "Marsh", "Vane", "Tolliver")


@pytest.fixture(params=["sqlite", "postgres"])
def processes(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[FilingProcess, FilingProcess]]:
    """Two processes with the same library open: rules and similarity, no small model."""
    folder, model = embedding_model()
    settings = {
        "data_dir": str(tmp_path / "library"),
        "models_dir": str(folder),
        "embedding.model": model,
        "filing.use_model": "false",
        "chat.runtime": "scripted",
    }
    with ExitStack() as stack:
        if request.param == "postgres":
            settings["store_url"] = stack.enter_context(postgres_server().library())
        one, two = (stack.enter_context(filing_process(settings)) for _ in range(2))
        yield one, two


def letters(folder: Path, count: int) -> list[Path]:
    """Write letters that all say much the same; return their paths."""
    folder.mkdir()
    paths = [folder / f"{number}.txt" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(LETTER.format(name=NAMES[number], day=number + 1, number=40 + number), "utf-8")
    return paths


def test_what_one_process_has_learned_another_goes_on_from(processes: Processes, tmp_path: Path) -> None:
    # given
    one, two = processes
    many, single = tmp_path / "many", tmp_path / "single"
    many.mkdir()
    for number in range(12):
        (many / f"{number}.txt").write_text(
            f"A quiet day by the river, number {number}, and nothing more.", "utf-8"
        )
    single.mkdir()
    (single / "one.txt").write_text("An evening in the hills.", "utf-8")

    # when
    one.file(many)
    two.file(single)

    # then
    assert one.documents() == pytest.approx(13)
    assert two.documents() == pytest.approx(13)


def test_corrections_change_where_the_next_like_document_goes_in_every_process(
    processes: Processes, tmp_path: Path
) -> None:
    # given
    one, two = processes
    *corrected, before, after = letters(tmp_path / "in", 8)
    filed = [one.file(path)[0] for path in corrected]
    known, confidence = two.file(before)

    # when
    for path in corrected:
        one.correct(path, "contract")
    again, certain = two.file(after)

    # then
    assert set(filed) == {known} == {"letter"}
    assert confidence > 0.9
    assert again == "contract"
    assert certain > 0.5
    assert one.documents() == two.documents() == pytest.approx(8)


def test_what_rules_have_filed_teaches_too_and_only_once_when_a_person_has_filed_it(
    processes: Processes, tmp_path: Path
) -> None:
    # given
    one, two = processes
    script = tmp_path / "lease.py"
    script.write_text(LETTER.format(name="Oldfield", day=20, number=7), "utf-8")
    [letter] = letters(tmp_path / "in", 1)
    by_rule, _ = one.file(script)
    before = one.documents()

    # when
    two.correct(script, "contract")
    two.file(letter)

    # then
    assert by_rule not in {"letter", "contract"}
    assert before == pytest.approx(1)
    assert one.documents() == two.documents() == pytest.approx(2)
