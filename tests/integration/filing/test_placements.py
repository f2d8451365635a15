"""What a person moves by hand teaches filing, once it was asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from twolane.app import App, open_app
from twolane.config.loading import load_settings
from twolane.documents import FileRecord, Filter, Tier
from twolane.errors import NotFoundError

ALONE = {"embedding.runtime": "off", "filing.use_model": False, "chat.runtime": "scripted"}
TAXONOMY = """
[[category]]
id = "insurance"
name = "Versicherung"

[[category]]
id = "car"
name = "Auto"
parent = "insurance"

[[category]]
id = "letter"
name = "Brief"
folders = ["Briefe"]

[[category]]
id = "minutes"
name = "Protokoll"
"""


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    taxonomy = tmp_path / "taxonomy.toml"
    taxonomy.write_text(TAXONOMY, "utf-8")
    flags = {"data_dir": str(tmp_path / "library"), "filing.taxonomy": str(taxonomy), **ALONE}
    with open_app(load_settings(env={}, flags=flags)) as opened:
        yield opened


@pytest.fixture
def papers(tmp_path: Path, app: App) -> Path:
    """Three papers in a folder of insurance, as a person has said, and one of minutes elsewhere."""
    folder = tmp_path.resolve() / "papers"
    for name in ("Police/1.txt", "Police/2.txt", "Police/3.txt", "in/herrings.txt", "in/mackerels.txt"):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"A paper on {name}.", "utf-8")
    add(app, folder)
    for record in app.library.find(Filter(folders=(folder,))).files:
        category = "insurance" if record.path.parent.name == "Police" else "minutes"
        app.review.correct(record.file_id, category)
    work(app)
    return folder


def work(app: App) -> None:
    app.workers.start()
    while app.library.pending().jobs:
        app.workers.wait(0.02)
    app.workers.stop()


def add(app: App, folder: Path) -> None:
    app.library.add([folder])
    work(app)


def move(app: App, papers: Path, old: str, new: str) -> FileRecord:
    (papers / new).parent.mkdir(parents=True, exist_ok=True)
    (papers / old).rename(papers / new)
    app.library.add([papers])
    record = app.library.file_at(papers / new)
    assert record
    return record


def asked(app: App) -> Sequence[tuple[str, str, str]]:
    return [(one.path.name, one.filed_as, one.category) for one in app.placements.list()]


def test_a_file_put_into_the_folder_of_another_category_is_asked_about_and_taught(
    app: App, papers: Path
) -> None:
    # when
    moved = move(app, papers, "in/herrings.txt", "Police/herrings.txt")
    before = asked(app)
    accepted = app.placements.accept(moved.file_id, by="ada")

    # then
    assert before == [("herrings.txt", "minutes", "insurance")]
    assert accepted.classification
    assert (accepted.classification.category, accepted.classification.tier) == ("insurance", Tier.PERSON)
    assert app.review.history(accepted)[-1].by == "ada"
    assert (asked(app), app.placements.count()) == ([], 0)
    with pytest.raises(NotFoundError, match="nothing to ask"):
        app.placements.accept(moved.file_id)


def test_several_files_that_are_put_there_do_not_hide_each_other(app: App, papers: Path) -> None:
    # when: two at once, and one later
    (papers / "in" / "herrings.txt").rename(papers / "Police" / "herrings.txt")
    move(app, papers, "in/mackerels.txt", "Police/mackerels.txt")
    (papers / "in" / "cod.txt").write_text("A paper on cod.", "utf-8")
    add(app, papers)
    [cod] = app.library.find(Filter(folders=(papers / "in" / "cod.txt",))).files
    app.review.correct(cod.file_id, "minutes")
    move(app, papers, "in/cod.txt", "Police/cod.txt")

    # then
    assert [name for name, *_ in asked(app)] == ["herrings.txt", "mackerels.txt", "cod.txt"]


def test_what_was_declined_is_never_asked_again(app: App, papers: Path) -> None:
    # given
    moved = move(app, papers, "in/herrings.txt", "Police/herrings.txt")
    declined = app.placements.decline(moved.file_id)

    # when
    move(app, papers, "Police/herrings.txt", "in/herrings.txt")
    move(app, papers, "in/herrings.txt", "Police/again.txt")

    # then
    assert declined.classification
    assert declined.classification.category == "minutes"
    assert asked(app) == []


def test_nothing_is_asked_once_the_file_was_moved_out_again(app: App, papers: Path) -> None:
    # when
    move(app, papers, "in/herrings.txt", "Police/herrings.txt")
    move(app, papers, "Police/herrings.txt", "elsewhere/herrings.txt")

    # then
    assert asked(app) == []


def test_a_folder_that_is_moved_or_renamed_corrects_no_file(app: App, papers: Path) -> None:
    # when: into the folder of insurance, and then by a name of its own there
    (papers / "in").rename(papers / "Police" / "in")
    app.library.add([papers])
    (papers / "Police" / "in").rename(papers / "Police" / "deeper")
    app.library.add([papers])

    # then
    files = app.library.find(Filter(folders=(papers / "Police" / "deeper",))).files
    assert asked(app) == []
    assert [file.placed_by for file in files] == ["person", "person"]


def test_a_new_name_in_the_same_folder_says_nothing(app: App, papers: Path) -> None:
    # given: one of other files in the folder of insurance
    moved = move(app, papers, "in/herrings.txt", "Police/herrings.txt")
    app.placements.decline(moved.file_id)

    # when
    move(app, papers, "Police/herrings.txt", "Police/mackerels.txt")

    # then
    assert asked(app) == []


@pytest.mark.parametrize("mixed", [False, True], ids=["too few", "of several kinds"])
def test_a_folder_that_is_no_categorys_own_asks_nothing(app: App, papers: Path, mixed: bool) -> None:
    # given
    for record in app.library.find(Filter(folders=(papers / "Police",))).files[:1]:
        if mixed:
            app.review.correct(record.file_id, "letter")
        else:
            record.path.unlink()
            app.library.add([papers])

    # when
    move(app, papers, "in/herrings.txt", "Police/herrings.txt")

    # then
    assert asked(app) == []


def test_a_folder_of_a_wider_category_says_nothing_of_a_narrower_one(app: App, papers: Path) -> None:
    # given
    [record] = app.library.find(Filter(folders=(papers / "in" / "herrings.txt",))).files
    app.review.correct(record.file_id, "car")

    # when
    move(app, papers, "in/herrings.txt", "Police/herrings.txt")

    # then
    assert asked(app) == []


def test_a_rule_about_the_new_folder_is_obeyed_where_no_person_has_decided(app: App, papers: Path) -> None:
    # given
    (papers / "in" / "new.txt").write_text("What nobody has decided on.", "utf-8")
    add(app, papers)

    # when
    moved = move(app, papers, "in/new.txt", "Briefe/new.txt")
    decided = move(app, papers, "in/herrings.txt", "Briefe/herrings.txt")
    work(app)

    # then
    found = [app.library.file(record.file_id).classification for record in (moved, decided)]
    assert [(one.category, one.tier) for one in found if one] == [
        ("letter", Tier.RULES),
        ("minutes", Tier.PERSON),
    ]
