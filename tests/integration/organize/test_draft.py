"""Drafts over real files: where each would go, which stay and why, and that nothing is changed."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from standins.desk import snapshot
from tests.support.filed import CATEGORIES, Given, category, organizer_of, put

from twolane.documents import EVERYTHING, Filter, ReviewCause
from twolane.errors import ConflictError, NotFoundError, SettingsError
from twolane.organize.organizer import OrganizeDefaults
from twolane.plans import DraftPlan, LeftCause, MoveKind, MoveState, OrganizeRule, PlanState
from twolane.store.base import Store
from twolane.store.sqlite.store import open_sqlite
from twolane.store.values import FileRenamed
from twolane.system.names import folded, is_takeable


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0)
    yield opened
    opened.close()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


def targets(plan: DraftPlan, root: Path) -> dict[str, str]:
    return {move.source.name: move.target.relative_to(root).as_posix() for move in plan.moves}


def carry_out(store: Store, plan: DraftPlan) -> None:
    for move in plan.moves:
        move.target.parent.mkdir(parents=True, exist_ok=True)
        assert not move.target.exists()
        move.source.rename(move.target)
    with store.writing() as write:
        write.rename([FileRenamed(move.file_id, move.target, move.stamp, "", "plan") for move in plan.moves])


def left(plan: DraftPlan) -> dict[str, LeftCause]:
    return {one.path.name: one.cause for one in plan.left}


BY_TITLE = (OrganizeRule("*", "{category_path}/{correspondent}/{date:%Y} {title}{ext}"),)


def test_files_go_by_their_categories_and_fields_and_the_innermost_rule_wins(
    store: Store, inbox: Path
) -> None:
    # given
    facts = {"date": "2025-03-01", "correspondent": "Stadtwerke", "title": "Strom"}
    put(
        store,
        [
            Given(inbox / "a.pdf", category="energy", fields=facts),
            Given(inbox / "deep" / "b.PDF", category="invoice", fields=facts),
            Given(inbox / "c.txt", category="letter"),
        ],
    )
    rules = [
        OrganizeRule("invoice", "{category}/{date:%Y}/{title}{ext}"),
        OrganizeRule("energy", "{correspondent}/{date:%Y-%m}{ext}"),
    ]

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), rules)

    # then
    assert targets(plan, inbox) == {"a.pdf": "Stadtwerke/2025-03.pdf", "b.PDF": "Invoices/2025/Strom.PDF"}
    assert plan.left_counts == {LeftCause.NO_RULE: 1}
    assert [move.number for move in plan.moves] == [1, 2]
    assert plan.moves[1].reason == "Invoices: Energy (a rule says so)"


def test_a_draft_changes_nothing_and_the_next_is_the_same(store: Store, inbox: Path) -> None:
    # given
    put(store, [Given(inbox / f"{n}.txt", fields={"title": "Same"}) for n in range(4)])
    before = snapshot(inbox)
    organizer = organizer_of(store)

    # when
    plans = [organizer.draft(Filter(folders=(inbox,)), BY_TITLE) for _ in range(2)]

    # then
    assert plans[0] == plans[1]
    assert snapshot(inbox) == before
    assert store.plans.find(limit=9) == []
    assert sorted(targets(plans[0], inbox).values()) == [
        "Letters/Same (2).txt",
        "Letters/Same (3).txt",
        "Letters/Same (4).txt",
        "Letters/Same.txt",
    ]


def test_what_is_left_is_told_with_its_cause(store: Store, inbox: Path) -> None:
    # given
    put(
        store,
        [
            Given(inbox / "unsure.txt", review=ReviewCause.UNSURE),
            Given(inbox / "sampled.txt", review=ReviewCause.SAMPLED),
            Given(inbox / "none.txt", category=""),
            Given(inbox / "waiting.txt", category=None),
            Given(inbox / "vanished.txt"),
            Given(inbox / "changed.txt"),
            Given(inbox / "replaced.txt"),
            Given(inbox / "Letters" / "there.txt"),
            Given(inbox / "moved.txt"),
        ],
    )
    (inbox / "vanished.txt").unlink()
    (inbox / "changed.txt").write_text("something else of another length")
    (inbox / "replaced.txt").unlink()
    (inbox / "replaced.txt").symlink_to(inbox / "moved.txt")

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)))
    unsure = organizer_of(store).draft(Filter(folders=(inbox,)), unsure=True)

    # then
    assert targets(plan, inbox) == {"moved.txt": "Letters/moved.txt"}
    assert plan.left_counts == {
        LeftCause.UNSURE: 2,
        LeftCause.NO_CATEGORY: 1,
        LeftCause.UNREAD: 4,
        LeftCause.IN_PLACE: 1,
    }
    assert left(plan)["unsure.txt"] is LeftCause.UNSURE
    assert left(plan)["changed.txt"] is LeftCause.UNREAD
    assert targets(unsure, inbox).keys() == {"moved.txt", "sampled.txt", "unsure.txt"}


def test_what_a_person_moved_is_left(store: Store, inbox: Path) -> None:
    # given
    put(store, [Given(inbox / "mine.txt"), Given(inbox / "other.txt")])
    mine = store.file_ids([inbox / "mine.txt"])[inbox / "mine.txt"]
    with store.writing() as write:
        write.rename([FileRenamed(mine, inbox / "mine.txt", "stamp", "", "person")])

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)))

    # then
    assert left(plan) == {"mine.txt": LeftCause.BY_PERSON}
    assert targets(plan, inbox) == {"other.txt": "Letters/other.txt"}


def test_a_guess_names_no_file_and_a_person_may_say_that_there_is_no_value(store: Store, inbox: Path) -> None:
    # given
    put(store, [Given(inbox / "a.txt", guesses={"title": "Perhaps"}, fields={"date": "2025-03-01"})])

    # when
    plan = organizer_of(store).draft(
        Filter(folders=(inbox,)), [OrganizeRule("*", "{date} {title|name}{ext}")]
    )

    # then
    assert targets(plan, inbox) == {"a.txt": "2025-03-01 a.txt"}


def test_the_same_content_is_left_and_other_content_gets_a_number(store: Store, inbox: Path) -> None:
    # given
    put(
        store,
        [
            Given(inbox / "1.txt", "one", fields={"title": "T"}),
            Given(inbox / "2.txt", "two", fields={"title": "T"}),
            Given(inbox / "3.txt", "one", fields={"title": "T"}),
            Given(inbox / "4.txt", "on disk", fields={"title": "T"}),
            Given(inbox / "5.txt", "other words", fields={"title": "T"}),
        ],
    )
    (inbox / "Letters").mkdir()
    (inbox / "Letters" / "t.TXT").write_text("on disk")  # no scan has seen it

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), BY_TITLE)

    # then
    assert targets(plan, inbox) == {
        "1.txt": "Letters/T (2).txt",
        "2.txt": "Letters/T (3).txt",
        "5.txt": "Letters/T (4).txt",
    }
    assert left(plan) == {"3.txt": LeftCause.TAKEN, "4.txt": LeftCause.TAKEN}
    assert "T (2).txt" in plan.left[0].detail


def test_names_of_one_file_and_links_to_it_are_each_planned_by_themselves(store: Store, inbox: Path) -> None:
    # given
    put(store, [Given(inbox / "1.txt", "one")])
    os.link(inbox / "1.txt", inbox / "2.txt")
    put(store, [Given(inbox / "2.txt", "one")])
    (inbox / "Letters").mkdir()
    (inbox / "Letters" / "1.txt").symlink_to(inbox / "1.txt")

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), kind=MoveKind.SYMBOLIC_LINK)

    # then
    assert targets(plan, inbox) == {"2.txt": "Letters/2.txt"}
    assert left(plan) == {"1.txt": LeftCause.TAKEN}


def test_folders_that_differ_by_case_or_form_alone_are_one(store: Store, inbox: Path) -> None:
    # given
    stands = unicodedata.normalize("NFD", "Müller")
    (inbox / "Letters" / stands).mkdir(parents=True)
    put(
        store,
        [
            Given(inbox / "1.txt", fields={"correspondent": "MÜLLER", "title": "A"}),
            Given(inbox / "2.txt", fields={"correspondent": "ACME Ltd.", "title": "B"}),
            Given(inbox / "3.txt", fields={"correspondent": "Acme Ltd", "title": "C"}),
        ],
    )

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), BY_TITLE)

    # then
    assert targets(plan, inbox) == {
        "1.txt": f"Letters/{stands}/A.txt",
        "2.txt": "Letters/ACME Ltd/B.txt",
        "3.txt": "Letters/ACME Ltd/C.txt",
    }


@pytest.mark.parametrize("obstacle", ["file", "link"])
def test_nothing_goes_through_a_link_or_a_file_that_stands_for_a_folder(
    store: Store, inbox: Path, tmp_path: Path, obstacle: str
) -> None:
    # given
    put(store, [Given(inbox / "1.txt")])
    if obstacle == "link":
        (inbox / "letters").symlink_to(tmp_path)
    else:
        (inbox / "letters").write_text("a file")

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)))

    # then
    assert (plan.moves, left(plan)) == ((), {"1.txt": LeftCause.TAKEN})
    assert obstacle in plan.left[0].detail


def test_names_that_are_no_text_stay_byte_by_byte_where_they_are_kept(store: Store, inbox: Path) -> None:
    # given
    odd = [b"caf\xe9.txt", b"a:b?.txt", b" lead.txt", b"x" * 251 + b".txt", "\u202egpj.txt".encode(), b"CON"]
    paths = [inbox / os.fsdecode(name) for name in odd]
    put(store, [Given(path) for path in paths])

    # when
    kept = organizer_of(store).draft(Filter(folders=(inbox,)))
    made = organizer_of(store).draft(Filter(folders=(inbox,)), [OrganizeRule("*", "x {name}{ext}")])

    # then
    assert {os.fsencode(move.target.name) for move in kept.moves} == set(odd)
    assert all(move.target.name.isprintable() for move in made.moves)
    assert len(made.moves) == len(odd)


@pytest.mark.parametrize("room", [-500, -100, 10, 150])
def test_where_no_name_fits_a_file_is_left(store: Store, inbox: Path, room: int) -> None:
    # given: a folder whose path leaves so much room, of the 4,096 bytes that a system takes
    length = 4096 - room - len(str(inbox))
    root = inbox.joinpath(*["d" * 200] * (length // 201), "d" * (length % 201))
    put(store, [Given(inbox / ("n" * 200 + ".txt"), fields={"title": "t" * 300, "correspondent": "c" * 300})])
    rule = OrganizeRule("*", "{correspondent}/{title}{ext}")

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), [rule], root=root)

    # then
    assert plan.left_counts == {LeftCause.UNSAFE_NAME: 1}


@pytest.mark.parametrize("title", ["t" * 400, "ж" * 200, "x (2)", "2", "con", "a.b. "])
def test_what_was_done_by_a_plan_is_in_place_for_the_next(store: Store, inbox: Path, title: str) -> None:
    # given
    put(store, [Given(inbox / f"{n}.txt", fields={"title": title}) for n in range(3)])

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), BY_TITLE)
    carry_out(store, plan)
    again = organizer_of(store).draft(Filter(folders=(inbox,)), BY_TITLE)

    # then
    assert len(plan.moves) == 3
    assert (again.moves, again.left_counts) == ((), {LeftCause.IN_PLACE: 3})


names = st.text(st.sampled_from("aAßſ İıÉe\u0301éя汉.\u200d_()2 "), min_size=1, max_size=8)
folder_names = names.filter(lambda name: name.strip(" .") != "")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files=st.lists(st.tuples(names, folder_names, st.sampled_from("ab")), min_size=1, max_size=12))
def test_whatever_the_values_are_no_two_names_of_a_plan_are_one_to_any_disk(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[str, str, str]]
) -> None:
    # given
    inbox = tmp_path_factory.mktemp("names").resolve()
    store = open_sqlite(inbox.parent / f"{inbox.name}.db", max_attempts=3, backoff_s=1.0)
    put(
        store,
        [
            Given(inbox / f"{n}.txt", content, fields={"title": title, "correspondent": folder})
            for n, (title, folder, content) in enumerate(files)
        ],
    )

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), BY_TITLE)
    again = organizer_of(store).draft(Filter(folders=(inbox,)), BY_TITLE)
    carry_out(store, plan)
    after = organizer_of(store).draft(Filter(folders=(inbox,)), BY_TITLE)
    store.close()

    # then
    assert plan == again
    assert after.moves == ()
    planned = [move.target.relative_to(inbox) for move in plan.moves]
    assert len({tuple(map(folded, path.parts)) for path in planned}) == len(planned)
    folders = {path.parent for path in planned}
    assert len({tuple(map(folded, folder.parts)) for folder in folders}) == len(folders)
    assert len(plan.moves) + len(plan.left) == len(files)
    assert all(cause in (LeftCause.TAKEN, LeftCause.IN_PLACE) for cause in plan.left_counts)


@pytest.mark.parametrize(
    ("title", "folder"),
    [
        ("Rechnung über Öl", "Größe & Söhne GmbH"),
        ("Счёт за март", "Водоканал"),
        ("فاتورة شهر مارس", "شركة الكهرباء"),
        ("三月发票", "国家电网公司"),
        ("Facture d’électricité", "Société Générale"),
        ("Umowa najmu — załącznik", "Łódzka Spółdzielnia"),
        ("मार्च का बिल", "बिजली विभाग"),
        ("חשבונית מס", "חברת החשמל"),
    ],
)
def test_names_of_all_languages_are_kept_as_they_are_written(
    store: Store, inbox: Path, title: str, folder: str
) -> None:
    # given
    put(store, [Given(inbox / "1.pdf", fields={"title": title, "correspondent": folder})])

    # when
    plan = organizer_of(store).draft(
        Filter(folders=(inbox,)), [OrganizeRule("*", "{correspondent}/{title}{ext}")]
    )

    # then
    assert targets(plan, inbox) == {"1.pdf": f"{folder}/{title}.pdf"}


def test_a_root_is_needed_and_is_the_folder_that_is_planned_or_one_that_is_named(
    store: Store, inbox: Path, tmp_path: Path
) -> None:
    # given
    put(store, [Given(inbox / "1.txt"), Given(tmp_path / "other" / "2.txt")])
    elsewhere = OrganizeDefaults(root=tmp_path / "filed", own=tmp_path / "data")
    organizer = organizer_of(store, elsewhere)

    # then
    with pytest.raises(SettingsError, match="below which folder"):
        organizer_of(store).draft()
    with pytest.raises(SettingsError, match="below which folder"):
        organizer_of(store).draft(Filter(folders=(inbox, tmp_path / "other")))
    with pytest.raises(SettingsError, match="own folder"):
        organizer.draft(root=tmp_path / "data" / "x")
    with pytest.raises(SettingsError, match="is no folder"):
        organizer.draft(root=inbox / "1.txt")
    assert targets(organizer.draft(), tmp_path / "filed") == {
        "1.txt": "Letters/1.txt",
        "2.txt": "Letters/2.txt",
    }
    assert organizer.draft(root=inbox).moves[0].target == inbox / "Letters" / "1.txt"
    assert not (tmp_path / "filed").exists()


def test_nothing_goes_into_the_librarys_own_folder(store: Store, tmp_path: Path) -> None:
    # given
    put(store, [Given(tmp_path / "data" / "uploads" / "1.txt"), Given(tmp_path / "2.txt")])
    organizer = organizer_of(store, OrganizeDefaults(own=tmp_path / "data"))

    # when
    plan = organizer.draft(Filter(folders=(tmp_path,)), [OrganizeRule("*", "{folder|Data}/x {name}{ext}")])
    away = organizer.draft(Filter(folders=(tmp_path,)))

    # then
    assert targets(plan, tmp_path) == {}
    assert left(plan) == {"1.txt": LeftCause.TAKEN, "2.txt": LeftCause.TAKEN}
    assert targets(away, tmp_path) == {"1.txt": "Letters/1.txt", "2.txt": "Letters/2.txt"}


def test_rules_and_presets_that_are_given_stand_in_place_of_the_settings(store: Store, inbox: Path) -> None:
    # given
    put(store, [Given(inbox / "1.txt", category="invoice"), Given(inbox / "2.txt", category="letter")])
    within = Filter(folders=(inbox,))
    mine = OrganizeDefaults(preset="para", rules=(OrganizeRule("invoice", "Bills/{name}{ext}"),))

    # when
    plans = [
        organizer_of(store, mine).draft(within),
        organizer_of(store, mine).draft(within, [OrganizeRule("letter", "L/{name}{ext}")]),
        organizer_of(store, mine).draft(within, [OrganizeRule("letter", "L/{name}{ext}")], preset="category"),
        organizer_of(store, OrganizeDefaults(template="T/{name}{ext}")).draft(within),
    ]

    # then
    assert [targets(plan, inbox) for plan in plans] == [
        {"1.txt": "Bills/1.txt", "2.txt": "2 Areas/Letters/2.txt"},
        {"2.txt": "L/2.txt"},
        {"1.txt": "Invoices/1.txt", "2.txt": "L/2.txt"},
        {"1.txt": "T/1.txt", "2.txt": "T/2.txt"},
    ]
    assert "by para" in plans[0].options


@pytest.mark.parametrize(
    ("rule", "error", "remedy"),
    [
        (OrganizeRule("invoise", "{name}{ext}"), NotFoundError, "did you mean invoice?"),
        (OrganizeRule("invoice", "{nam}{ext}"), SettingsError, "did you mean name?"),
        (OrganizeRule("invoice", "../{name}{ext}"), SettingsError, "below it"),
    ],
)
def test_a_wrong_rule_is_refused_before_anything_is_planned(
    store: Store, inbox: Path, rule: OrganizeRule, error: type[SettingsError], remedy: str
) -> None:
    with pytest.raises(error) as raised:
        organizer_of(store).draft(Filter(folders=(inbox,)), [rule])
    assert remedy in raised.value.remedy


def test_numbers_of_johnny_decimal_stay_once_a_plan_was_kept(store: Store, inbox: Path) -> None:
    # given
    put(store, [Given(inbox / "1.txt", category="energy"), Given(inbox / "2.txt", category="letter")])
    within = Filter(folders=(inbox,))
    before = organizer_of(store).draft(within, preset="johnny_decimal")
    first = category("aaa", "Aaa")
    earlier = (first, category("bbb", "Bbb", CATEGORIES[0]), *CATEGORIES)

    # when
    unkept = organizer_of(store, categories=earlier).draft(within, preset="johnny_decimal")
    organizer_of(store).save(before)
    kept = organizer_of(store, categories=earlier).draft(within, preset="johnny_decimal")

    # then
    assert targets(before, inbox) == {
        "1.txt": "10-19 Invoices/11 Energy/1.txt",
        "2.txt": "20-29/21 Letters/2.txt",
    }
    assert targets(unkept, inbox) != targets(before, inbox)
    assert targets(kept, inbox) == targets(before, inbox)


def test_there_is_no_room_for_more_numbers_than_johnny_decimal_has(store: Store, inbox: Path) -> None:
    # given
    many = [category(f"c{n}") for n in range(90)]

    # then
    with pytest.raises(SettingsError, match="no room"):
        organizer_of(store, categories=many).draft(Filter(folders=(inbox,)), preset="johnny_decimal")
    assert organizer_of(store, categories=many[:81]).draft(
        Filter(folders=(inbox,)), preset="johnny_decimal"
    ) == DraftPlan((), options=f"from {inbox}; to {inbox}; by johnny_decimal", preset="johnny_decimal")


def test_a_plan_that_is_kept_has_the_moves_that_were_seen(store: Store, inbox: Path) -> None:
    # given
    put(store, [Given(inbox / f"{n}.txt") for n in range(3)])
    organizer = organizer_of(store)
    draft = organizer.draft(Filter(folders=(inbox,)))

    # when
    first, second = organizer.save(draft), organizer.save(draft)
    named = organizer.save(draft, " spring ", by="ada")

    # then
    assert first.name.endswith("-1")
    assert second.name.endswith("-2")
    assert (named.name, named.by, named.state, named.total) == ("spring", "ada", PlanState.PROPOSED, 3)
    assert [one.name for one in organizer.plans()] == ["spring", second.name, first.name]
    assert organizer.moves("spring", [MoveState.PROPOSED], limit=2) == list(draft.moves[:2])
    assert organizer.moves("spring", limit=2, offset=2) == list(draft.moves[2:])
    with pytest.raises(ConflictError):
        organizer.save(draft, "spring")
    with pytest.raises(ConflictError, match="nothing to move"):
        organizer.save(DraftPlan(()))

    # when
    organizer.forget("spring")

    # then
    with pytest.raises(NotFoundError):
        organizer.plan("spring")


def test_of_plans_that_nobody_named_only_the_newest_are_kept_and_no_name_comes_again(
    store: Store, inbox: Path
) -> None:
    # given
    put(store, [Given(inbox / "1.txt")])
    organizer = organizer_of(store)
    draft = organizer.draft(Filter(folders=(inbox,)))
    organizer.save(draft, "mine")

    # when
    for _ in range(12):
        last = organizer.save(draft).name
    names = [plan.name for plan in organizer.plans()]
    organizer.forget(last)

    # then
    assert len(names) == 11
    assert (names[0], names[-1]) == (last, "mine")
    assert last.endswith("-12")
    assert organizer.save(draft).name.endswith("-13")


def test_an_empty_library_has_an_empty_plan(store: Store, inbox: Path) -> None:
    assert organizer_of(store).draft(EVERYTHING, root=inbox).moves == ()


ODD = {
    "a:b?.txt": "a-b.txt",
    "CON.txt": "CON_.txt",
    "end. .txt": "end. .txt",
    "plain.txt": "plain.txt",
    "report.": "report",
}


@pytest.mark.parametrize("choosy", [False, True])
def test_a_kept_name_changes_only_where_the_disk_that_it_goes_to_refuses_it(
    choosy: bool, store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("twolane.organize.draft.is_choosy", lambda _: choosy)
    put(store, [Given(inbox / name, content=f"{name!r} and its words") for name in ODD])
    rules = (OrganizeRule("*", "{category}/{name}{ext}"),)

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), rules)

    # then
    expected = {name: f"Letters/{ODD[name] if choosy else name}" for name in ODD}
    assert targets(plan, inbox) == expected
    assert all(is_takeable(move.target.name) for move in plan.moves) is choosy


def test_two_kept_names_that_become_one_on_a_choosy_disk_are_numbered(
    store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("twolane.organize.draft.is_choosy", lambda _: True)
    names = ["a:b.txt", "a|b.txt", "A-B.TXT", "NUL", "nul_"]
    put(store, [Given(inbox / name, content=f"{name!r} and its words") for name in names])

    # when
    plan = organizer_of(store).draft(Filter(folders=(inbox,)), (OrganizeRule("*", "{category}/{name}{ext}"),))

    # then
    made = targets(plan, inbox)
    assert len({folded(name) for name in made.values()}) == len(names)
    assert sorted(made.values()) == [
        "Letters/A-B.TXT",
        "Letters/NUL_",
        "Letters/a-b (2).txt",
        "Letters/a-b (3).txt",
        "Letters/nul_ (2)",
    ]


def test_a_file_that_lies_in_its_folder_keeps_its_name_on_every_disk(
    store: Store, inbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr("twolane.organize.draft.is_choosy", lambda _: True)
    put(store, [Given(inbox / "Letters" / "a:b.txt")])

    # when
    plan = organizer_of(store).draft(
        Filter(folders=(inbox,)), (OrganizeRule("*", "{category}/{name}{ext}"),), root=inbox
    )

    # then
    assert plan.left_counts == {LeftCause.IN_PLACE: 1}
    assert not plan.moves


def test_a_path_of_windows_stays_within_its_limit(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.delattr("os.pathconf")
    root = tmp_path / "r"
    deep = "x" * (259 - len(os.fspath(root)) - 80)
    put(store, [Given(root / "a.txt", fields={"title": "word " * 40})])

    # when
    near = organizer_of(store).draft(
        Filter(folders=(root,)), (OrganizeRule("*", f"{deep}/{{title}}{{ext}}"),), root=root
    )
    beyond = organizer_of(store).draft(
        Filter(folders=(root,)), (OrganizeRule("*", f"{deep + 'x' * 40}/{{title}}{{ext}}"),), root=root
    )

    # then
    assert len(os.fspath(near.moves[0].target)) <= 259
    assert near.moves[0].target.suffix == ".txt"
    assert beyond.left_counts == {LeftCause.UNSAFE_NAME: 1}
