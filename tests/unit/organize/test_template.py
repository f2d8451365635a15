"""Templates: what is wrong is told when they are written, and what they make is always below the root."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twolane.errors import SettingsError
from twolane.facts import FieldType
from twolane.fields.catalogue import known_fields
from twolane.organize.template import FileValue, Template, known_values, literal
from twolane.system.names import fitted, safe

KNOWN = known_values({spec.id: spec.type for spec in known_fields().values()})
VALUES: dict[str, FileValue] = {
    "name": "scan 17",
    "ext": ".pdf",
    "folder": ("Inbox", "Post"),
    "category": "Energy",
    "category_id": "energy",
    "category_path": ("Invoices", "Energy"),
    "added": "2026-11-27",
    "date": "2025-03-01",
    "correspondent": "Stadtwerke Köln",
    "title": "Jahresabrechnung",
    "period": "2024-01-01/2024-12-31",
    "total_due": "571.04 EUR",
}


def written(template: str, values: dict[str, FileValue]) -> str:
    filled = Template.parse(template).checked(KNOWN).filled(values)
    name = filled.name.stem + filled.name.ending if filled.kept else fitted(filled.name)
    return "/".join([*filled.folders, name])


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{name}{ext}", "scan 17.pdf"),
        ("{category_path}/{name}{ext}", "Invoices/Energy/scan 17.pdf"),
        (
            "{correspondent}/{date:%Y}/{date:%Y-%m-%d} {title}{ext}",
            "Stadtwerke Köln/2025/2025-03-01 Jahresabrechnung.pdf",
        ),
        ("{date:%Y}/Q{date:%q} KW{date:%V}/{name}{ext}", "2025/Q1 KW09/scan 17.pdf"),
        ("{folder}/{name}{ext}", "Inbox/Post/scan 17.pdf"),
        ("{ext}/{name}{ext}", "pdf/scan 17.pdf"),
        ("{{{category_id}}}/{name}{ext}", "{energy}/scan 17.pdf"),
        ("{period} {total_due}{ext}", "2024-01-01--2024-12-31 571.04 EUR.pdf"),
        ("{period:%Y}/{name}{ext}", "2024/scan 17.pdf"),
        ("{date}{ext}", "2025-03-01.pdf"),
    ],
)
def test_what_a_template_makes_of_a_file(template: str, path: str) -> None:
    assert written(template, VALUES) == path


@pytest.mark.parametrize(
    ("template", "path"),
    [
        ("{number|title|name}{ext}", "Jahresabrechnung.pdf"),
        ("{number|iban|name}{ext}", "scan 17.pdf"),
        ("{due_date:%Y|undated}/{name}{ext}", "undated/scan 17.pdf"),
        ("{due_date:%Y|added:%Y}/{name}{ext}", "2026/scan 17.pdf"),
        ('{number|"Title"}/{name}{ext}', "Title/scan 17.pdf"),
        ("{number|Без номера}/{name}{ext}", "Без номера/scan 17.pdf"),
        # a folder without a value is left out, and a name without one stays
        ("{number}/{due_date:%Y}/{name}{ext}", "scan 17.pdf"),
        ("{number}{ext}", "scan 17.pdf"),
        # what parts an empty place from the rest goes with it
        ("{date} {number} - {title}{ext}", "2025-03-01 - Jahresabrechnung.pdf"),
        ("{number} - {title}{ext}", "Jahresabrechnung.pdf"),
        ("{title} - {number}{ext}", "Jahresabrechnung.pdf"),
        ("{title} ({number}){ext}", "Jahresabrechnung.pdf"),
        ("{title} [{number}, {iban}] {date}{ext}", "Jahresabrechnung 2025-03-01.pdf"),
        ("{title} ({number} {date}){ext}", "Jahresabrechnung (2025-03-01).pdf"),
        ("No. {number} of {date}{ext}", "No. of 2025-03-01.pdf"),
        ("हिन्दी {number}{ext}", "हिन्दी.pdf"),
        ("{number}_{iban}_{title}{ext}", "Jahresabrechnung.pdf"),
    ],
)
def test_what_is_missing_falls_back_and_leaves_no_trace(template: str, path: str) -> None:
    assert written(template, VALUES) == path


def test_a_title_that_is_a_files_name_does_not_get_its_ending_twice() -> None:
    assert written("{title}{ext}", VALUES | {"title": "Report.PDF"}) == "Report.pdf"


@pytest.mark.parametrize(
    ("template", "at", "what", "remedy"),
    [
        ("/etc/{name}{ext}", 1, "begins with /", "below the root"),
        ("../{name}{ext}", 1, "leads out", "below it"),
        ("a/./{name}{ext}", 3, "leads out", "below it"),
        ("a//{name}{ext}", 3, "nothing between", "{name}{ext}"),
        ("{category}/", 12, "nothing between or after", "{name}{ext}"),
        (".hidden/{name}{ext}", 1, "dot", "leave it out"),
        ("ab./{name}{ext}", 1, "ends in a dot", "leave it out"),
        ("C:\\x/{name}{ext}", 2, "not every disk", "leave it out"),
        ("a\nb/{name}{ext}", 2, "not every disk", "leave it out"),
        ("{title", 1, "no }", "{{"),
        ("a}/{name}{ext}", 2, "no {", "}}"),
        ("{titel}{ext}", 2, "no field 'titel'", "did you mean title?"),
        ("{number|Titel}{ext}", 9, "no field 'Titel'", 'write "Titel".'),
        ("{hamster}{ext}", 2, "no field 'hamster'", "there are added"),
        ("{title:%Y}{ext}", 2, "is no day", "days are added"),
        ("{date:%x}{ext}", 7, "not the form of a day", "%Y-%m-%d"),
        ("{date:%Y/%m}{ext}", 2, "within braces", "close the blank"),
        ("{}{ext}", 2, "missing", "{category}"),
        ("{title|}{ext}", 8, "missing", "{category}"),
        ('{"x"|title}{ext}', 6, "nothing comes after", "last"),
        ("{title}", 8, "ends in {ext}", "{name}{ext}"),
        ("{ext}", 6, "ends in {ext}", "{name}{ext}"),
        ("", 1, "begins with /", "below the root"),
        ("x {category_path}/{name}{ext}", 4, "several folders", "between two /"),
        ("{folder}{ext}", 2, "several folders", "between two /"),
        ("x" * 2000, 1, "longer than", "shorter"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_there_is(
    template: str, at: int, what: str, remedy: str
) -> None:
    # when
    with pytest.raises(SettingsError) as raised:
        Template.parse(template).checked(KNOWN)

    # then
    assert f"at character {at}:" in raised.value.what
    assert what in raised.value.what
    assert remedy in raised.value.remedy


chars = st.one_of(
    st.characters(exclude_categories=()),
    st.sampled_from('/\\:|<>"?*. -_()[]{}\0\n\u202e\u200b\u0301'),
)
values = st.text(chars, max_size=60)
names = st.sampled_from(sorted(name for name, kind in KNOWN.items() if kind != "folders" and name != "ext"))
days = st.sampled_from(["date:%Y", "due_date:%Y-%m", "added:%d.%m.%y", "period:%G-W%V", "date:%q%%"])
fields = st.one_of(names, days)
words = st.text(st.sampled_from("abc ÄΩж汉_-+,"), min_size=1, max_size=8).filter(
    lambda text: bool(safe(text))
)
blanks = st.lists(fields, min_size=1, max_size=3).flatmap(
    lambda found: st.one_of(
        st.just("{" + "|".join(found) + "}"),
        words.map(lambda text: "{" + "|".join([*found, f'"{text}"']) + "}"),
    )
)
pieces = st.one_of(blanks, st.text(st.sampled_from("abÄж汉 -_.,()[]{}"), min_size=1, max_size=6).map(literal))
parts = st.one_of(
    st.sampled_from(["{category_path}", "{folder}"]),
    st.lists(pieces, min_size=1, max_size=4).map("".join).filter(lambda text: text.strip(". ") == text != ""),
)
templates = st.tuples(st.lists(parts, max_size=3), st.lists(pieces, min_size=1, max_size=4)).map(
    lambda made: "/".join([*made[0], ("".join(made[1]).lstrip(". ") or "{name}") + "{ext}"])
)


@given(templates)
def test_what_is_printed_of_a_template_reads_as_the_same(template: str) -> None:
    # given
    read = Template.parse(template)
    checked = read.checked(KNOWN)

    # then
    assert Template.parse(str(read)) == read
    assert Template.parse(str(checked)).checked(KNOWN) == checked


@given(templates, st.dictionaries(names, values), values, st.lists(values, max_size=4))
def test_whatever_the_values_are_a_file_stays_below_the_root(
    template: str, found: dict[str, str], name: str, folders: list[str]
) -> None:
    # given
    own: dict[str, FileValue] = {"name": name or "x", "ext": ".pdf"}
    own |= {"category_path": tuple(folders), "folder": tuple(folders)}

    # when
    filled = Template.parse(template).checked(KNOWN).filled(own | found)

    # then
    for part in (*filled.folders, *(() if filled.kept else (filled.name.stem,))):
        assert part not in ("", ".", "..")
        assert safe(part) == part
        assert "/" not in part
    assert filled.name.stem


@given(st.dates())
def test_days_are_written_alike_on_every_system(day: date) -> None:
    made = written("{date:%Y-%m-%d}{ext}", VALUES | {"date": day.isoformat()})
    assert made == f"{day.isoformat()}.pdf"


def test_an_own_field_of_the_taxonomy_can_be_named() -> None:
    # given
    known = known_values({"grade": FieldType.TEXT, "sat_on": FieldType.DATE})

    # when
    filled = (
        Template.parse("{sat_on:%Y}/{grade}{ext}")
        .checked(known)
        .filled({"grade": "1,3", "sat_on": "2024-02-29", "name": "x", "ext": ".pdf"})
    )

    # then
    assert (filled.folders, filled.name.stem) == (("2024",), "1,3")
    assert re.fullmatch(r"\{sat_on:%Y\}/\{grade\}\{ext\}", str(Template.parse("{sat_on:%Y}/{grade}{ext}")))
