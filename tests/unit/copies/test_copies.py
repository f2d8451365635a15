"""Copies as a person meets them: what is found in a folder, which is the newest, and a word on a pair."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.scripted import scripted_app

from twolane.app import App
from twolane.errors import ConflictError, NotFoundError
from twolane.store.values import CopyGroup, CopyKind

NOTICE = """To all who live in Tanner's Yard,
the water is turned off on Tuesday from nine to twelve, while the old pipe below the yard is replaced. Please
keep a bucket for the morning, and do not use washing machines before the afternoon: the first water may be
brown. We are sorry for the trouble, and shall hang a note at the door when the work is done. Margaret Holt"""
LONGER = NOTICE.replace(
    "We are sorry", "If the ground is too hard the work may take until the evening. We are sorry"
)
OTHER = """Minutes of the garden club. The hedge behind the sheds is cut in autumn, when the birds have
left. Each member brings gloves and a rake. The seeds for the meadow were ordered, and the bill
was passed to the treasurer."""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with scripted_app(tmp_path) as app:
        yield app


def filed(app: App, folder: Path, texts: dict[str, str]) -> dict[str, int]:
    """File texts under their names; return the numbers of the files."""
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    app.library.add([folder])
    app.workers.start()
    while app.library.pending().jobs:
        app.workers.wait(0.05)
    return {file.path.name: file.file_id for file in app.library.find().files}


def names(group: CopyGroup) -> list[tuple[str, CopyKind]]:
    return [(copy.file.path.name, copy.kind) for copy in group.files]


def test_files_that_are_the_same_paper_are_grouped_and_the_later_version_is_the_newest(
    app: App, tmp_path: Path
) -> None:
    # when
    numbers = filed(
        app,
        tmp_path / "in",
        {
            "notice v1.txt": NOTICE,
            "notice v2.txt": LONGER,
            "notice v1 again.txt": NOTICE,
            "minutes.txt": OTHER,
        },
    )
    found = app.copies.groups()

    # then
    [group] = found.groups
    assert names(group)[0] == ("notice v2.txt", CopyKind.SAME_BYTES)
    assert {name for name, _ in names(group)} == {"notice v1.txt", "notice v1 again.txt", "notice v2.txt"}
    assert {kind for _, kind in names(group)[1:]} == {CopyKind.VERSION}
    assert group.newest.path.name == "notice v2.txt"
    assert found.total == 1
    assert {file.path.name: file.copies for file in app.library.find().files} == {
        "notice v1.txt": 2,
        "notice v2.txt": 2,
        "notice v1 again.txt": 2,
        "minutes.txt": 0,
    }
    assert names(app.copies.of(numbers["minutes.txt"])) == [("minutes.txt", CopyKind.SAME_BYTES)]
    assert app.copies.groups(limit=1, offset=1).groups == ()


def test_a_person_says_what_is_the_same_and_takes_it_back(app: App, tmp_path: Path) -> None:
    # given
    numbers = filed(app, tmp_path / "in", {"a.txt": NOTICE, "b.txt": LONGER, "c.txt": OTHER})
    one, longer, other = (numbers[name] for name in ("a.txt", "b.txt", "c.txt"))

    # when
    apart = app.copies.decide(one, longer, same=False, by="ada")
    joined = app.copies.decide(one, other, same=True, by="ada")

    # then
    assert {name for name, _ in names(apart)} == {"a.txt"}
    assert {name for name, _ in names(joined)} == {"a.txt", "c.txt"}

    # when
    app.copies.undo(one, other, by="ada")
    back = app.copies.undo(longer, one, by="ada")

    # then
    assert {name for name, _ in names(back)} == {"a.txt", "b.txt"}
    with pytest.raises(NotFoundError, match="nobody has said"):
        app.copies.undo(one, other)


def test_of_two_files_with_one_content_nothing_can_be_said(app: App, tmp_path: Path) -> None:
    # given
    numbers = filed(app, tmp_path / "in", {"a.txt": NOTICE, "b.txt": NOTICE})

    # when
    [group] = app.copies.groups().groups

    # then
    assert {name for name, _ in names(group)} == {"a.txt", "b.txt"}
    with pytest.raises(ConflictError, match="the same content"):
        app.copies.decide(numbers["a.txt"], numbers["b.txt"], same=False)
    with pytest.raises(NotFoundError):
        app.copies.of(999)


def test_two_that_a_person_said_differ_are_in_no_group_for_what_is_like_both(
    app: App, tmp_path: Path
) -> None:
    # given
    numbers = filed(app, tmp_path / "in", {"one.txt": NOTICE, "two.md": NOTICE + "\n\n", "three.txt": LONGER})
    [group] = app.copies.groups().groups
    assert len(group.files) == 3

    # when
    app.copies.decide(numbers["one.txt"], numbers["two.md"], same=False)

    # then
    [group] = app.copies.groups().groups
    shown = {name for name, _ in names(group)}
    assert "three.txt" in shown
    assert len(shown & {"one.txt", "two.md"}) == 1

    # when
    app.copies.undo(numbers["one.txt"], numbers["two.md"])

    # then
    [group] = app.copies.groups().groups
    assert len(group.files) == 3
