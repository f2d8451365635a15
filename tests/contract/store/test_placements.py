"""What is asked about files that persons have put into folders, and what is in these."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.library import Clock, add, classification

from twolane.documents import Decision, Tier, display_path
from twolane.store.base import Store
from twolane.store.placed import FolderUse, Placement, PlacementRows
from twolane.store.values import FileRenamed

FOLDER = Path("/d/Versicherung \udce9")


@pytest.fixture
def rows(store: Store) -> PlacementRows:
    return store.placements


def content(path: str | Path) -> str:
    return f"the content of {display_path(path)}"


def filed(
    store: Store, path: str | Path, category: str, *, tier: Tier = Tier.RULES, by_plan: bool = False
) -> int:
    number = add(store, path, "about herrings", document=content(path))
    with store.writing() as write:
        write.decide(content(path), Decision(classification(category, tier=tier)))
        if by_plan:
            write.rename([FileRenamed(number, Path(path), "1", "", "plan")])
    return number


def test_a_file_is_asked_about_until_it_is_answered(store: Store, rows: PlacementRows, clock: Clock) -> None:
    # given
    one, two = filed(store, FOLDER / "one", "contract"), filed(store, FOLDER / "two", "contract")
    for number, name in ((one, "one"), (two, "two")):
        rows.notice(number, content(FOLDER / name), "insurance", FOLDER)

    # when
    first, second = rows.open(limit=5)
    rows.answer(first, accepted=False)
    rows.notice(one, first.document, "insurance", FOLDER)  # put there again

    # then
    assert first == Placement(one, first.document, "insurance", FOLDER, FOLDER / "one", "contract", clock.now)
    assert rows.open(limit=5) == [second]
    assert (rows.open(limit=5, file_id=one), rows.open(limit=5, file_id=two)) == ([], [second])
    assert (rows.open(limit=5, offset=1), rows.count()) == ([], 1)


def test_what_has_settled_itself_is_not_asked_about(store: Store, rows: PlacementRows, clock: Clock) -> None:
    # given: five files put into a folder
    names = ("gone", "there already", "decided", "other content", "moved again", "still asked")
    numbers = {name: filed(store, f"/d/{name}", "contract") for name in names}
    for name, number in numbers.items():
        rows.notice(number, content(f"/d/{name}"), "insurance", Path("/d"))

    # when
    clock.advance(5)
    with store.writing() as write:
        write.mark_gone([Path("/d/gone")])
        write.decide(content("/d/there already"), Decision(classification("insurance")))
        write.decide(content("/d/decided"), Decision(classification("letter", tier=Tier.PERSON)))
    filed_again = add_content(store, numbers["other content"])
    rows.drop_open([numbers["moved again"]])

    # then
    assert filed_again
    assert [placement.file_id for placement in rows.open(limit=9)] == [numbers["still asked"]]
    assert rows.count() == 1


def add_content(store: Store, number: int) -> bool:
    add(store, "/d/another", "about mackerels", document="more")
    with store.writing() as write:
        return write.link(number, "more")


def test_a_folder_is_used_by_what_lies_directly_in_it(store: Store, rows: PlacementRows) -> None:
    # given
    filed(store, FOLDER / "a", "insurance")
    filed(store, FOLDER / "b", "insurance", tier=Tier.PERSON)
    filed(store, FOLDER / "c", "insurance", by_plan=True)
    filed(store, FOLDER / "deeper" / "d", "letter")
    filed(store, FOLDER.with_name(FOLDER.name + "2") / "e", "letter")
    placed = filed(store, FOLDER / "placed", "contract", by_plan=True)
    filed(store, FOLDER / "f", "contract")
    asked = filed(store, FOLDER / "asked", "contract")
    rows.notice(asked, content(FOLDER / "asked"), "insurance", FOLDER)

    # then
    assert rows.uses(FOLDER, [placed]) == [
        FolderUse("insurance", files=3, decided=2, planned=1),
        FolderUse("contract", files=1, decided=0, planned=0),
    ]
    assert rows.uses(Path("/d/nothing"), []) == []
