"""How names of senders relate, in whatever script they are written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twolane.fields.relations import NameRelation, are_other_firms, relation_of

SAME, FORM, ORDER, MISREAD, SHORT, INITIALS, PART, OTHER = NameRelation


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Stadtwerke Halden", "STADTWERKE-HALDEN", SAME),
        ("Bäckerei Müller", "Baeckerei Mueller", SAME),
        ("Müller & Söhne", "Müller und Söhne", SAME),
        ("Société Générale", "SOCIETE GENERALE", SAME),
        ("Stadtwerke Halden", "Stadtwerke Halden GmbH", FORM),
        ("Acme Ltd.", "Acme Limited", FORM),
        ("Energía del Norte, S.A.", "Energia del Norte", FORM),
        ("Wodociągi Kalisz Sp. z o.o.", "Wodociągi Kalisz", FORM),
        ("ООО «Ромашка»", "Ромашка", FORM),
        ("北京东方有限公司", "北京东方", FORM),
        ("株式会社トヨハシ", "トヨハシ", FORM),
        ("شركة النور ش.م.م", "شركة النور", FORM),
        ("Müller, Peter", "Peter Müller", ORDER),
        ("Stadtwerke Ha1den", "Stadtwerke Halden", MISREAD),
        ("SW Halden GmbH", "Stadtwerke Halden", SHORT),
        ("Volksbank Halden eG", "VoBa Halden", SHORT),
        ("Северная энергия Халден", "СЭ Халден", SHORT),
        ("Deutsche Eisenbahn AG", "DE", INITIALS),
        ("Stadtwerke Halden Kundenservice", "Stadtwerke Halden", PART),
        ("Anna Schmidt", "Hanna Schmidt", OTHER),
        ("P. Müller", "Peter Müller", OTHER),
        ("Finanzamt Halden", "Finanzamt Bonn", OTHER),
        ("Halden", "", OTHER),
        ("", "", SAME),
        ("***", "---", OTHER),
        ("ガス", "カス", OTHER),
        ("हिमालय बैंक", "हमालय बैंक", OTHER),
        ("Артём Ковалёв", "Артем Ковалев", SAME),
        ("شَرِكَةُ النُّور", "شركة النور", SAME),
        ("A&B Bau", "A & B Bau", SAME),
        ("GmbH", "AG", OTHER),
    ],
)
def test_two_names_relate_in_either_direction(one: str, other: str, expected: NameRelation) -> None:
    assert relation_of(one, other) is relation_of(other, one) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Halden GmbH", "Halden AG", True),
        ("Halden GmbH", "Halden GmbH & Co. KG", True),
        ("Halden S.A.", "Halden SARL", True),
        ("Acme Ltd", "Acme Limited", False),
        ("Acme Inc.", "Acme Incorporated", False),
        ("Halden GmbH", "Halden", False),
    ],
)
def test_other_legal_forms_are_other_firms(one: str, other: str, expected: bool) -> None:
    assert are_other_firms(one, other) is are_other_firms(other, one) is expected


_words = st.sampled_from(
    ["SW", "Stadtwerke", "Halden", "GmbH", "AG", "&", "Co", "KG", "Müller", "ООО", "-", "1"]
)
_names = st.one_of(st.text(max_size=30), st.lists(_words, max_size=6).map(" ".join))


@settings(max_examples=300, deadline=None)
@given(one=_names, other=_names)
def test_any_names_relate_alike_in_either_direction(one: str, other: str) -> None:
    assert relation_of(one, other) is relation_of(other, one)
    assert are_other_firms(one, other) is are_other_firms(other, one)
    assert relation_of(one, one) is SAME
    assert not are_other_firms(one, one)


def test_names_of_a_hundred_like_words_are_compared_in_no_time() -> None:
    # given
    short, long = "aa " * 60 + "x", "aaaa " * 20 + "aa " * 33

    # then
    assert relation_of(short, long) is OTHER
    assert relation_of("b" + " aa" * 60, "b" + " aaaa" * 60) is SHORT
