"""When two correspondents are one: by two signs at least, and never by a person's name alone."""

from __future__ import annotations

import pytest

from twolane.facts import Correspondent, MarkKind, SenderMark
from twolane.fields.merging import alike_by_name, likeness, shared_marks
from twolane.store.values import MarkBearer

IBAN, VAT = SenderMark(MarkKind.IBAN, "DE02120300000000202051"), SenderMark(MarkKind.VAT_ID, "DE136695976")
SITE, PHONE = SenderMark(MarkKind.SITE, "halden.example"), SenderMark(MarkKind.PHONE, "4955501")


def named(number: int, *names: str) -> Correspondent:
    return Correspondent(number, names[0], names, 1)


@pytest.mark.parametrize(
    ("one", "other", "marks", "proven"),
    [
        ("Stadtwerke Halden", "STADTWERKE-HALDEN", (), True),
        ("Stadtwerke Halden GmbH", "Stadtwerke Halden", (), False),
        ("Stadtwerke Halden GmbH", "Stadtwerke Halden", (PHONE,), True),
        ("Acme Ltd.", "Acme Limited", (), True),
        ("SW Halden GmbH", "Stadtwerke Halden", (), False),
        ("SW Halden GmbH", "Stadtwerke Halden", (SITE,), True),
        ("SW Halden", "Stadtwerke Halden", (IBAN,), False),
        ("SW Halden", "Stadtwerke Halden", (IBAN, SITE), True),
        ("ООО Ромашка", "Ромашка", (IBAN,), True),
        ("北京东方有限公司", "北京东方", (PHONE,), True),
        ("Deutsche Eisenbahn AG", "DE", (PHONE,), False),
        ("Deutsche Eisenbahn AG", "DE", (IBAN,), True),
        ("Halden GmbH", "Halden AG", (IBAN, SITE), False),
        # two firms of one house share a site, a telephone and a mailbox
        ("Autohaus Nord GmbH", "Autohaus Nord Service GmbH", (SITE, PHONE), False),
        ("Autohaus Nord GmbH", "Autohaus Nord Service", (SITE, PHONE), True),
        ("Autohaus Nord GmbH", "Autohaus Nord Service GmbH", (VAT,), True),
        # a family shares an account, a house and a telephone
        ("Peter Müller", "Petra Müller", (IBAN, PHONE), False),
        ("Anna Schmidt", "Hanna Schmidt", (IBAN, PHONE), False),
        ("Christina Schmidt", "Christine Schmidt", (IBAN, PHONE), False),
        ("Müller", "Peter Müller", (IBAN, PHONE), False),
        ("Peter Müller", "Peter Müller GmbH", (), False),
        ("Peter Müller", "Müller, Peter", (), False),
        # a brand and its firm: likely, and for a person to say
        ("T-Netz", "Rheinische Leitungs AG", (VAT, IBAN), False),
    ],
)
def test_evidence_proves_or_not(one: str, other: str, marks: tuple[SenderMark, ...], proven: bool) -> None:
    # given
    first, second = named(1, one), named(2, other)

    # then
    assert likeness(first, second, marks).is_proven is likeness(second, first, marks).is_proven is proven


def test_what_is_likely_is_for_a_person_to_say() -> None:
    assert likeness(named(1, "T-Netz"), named(2, "Rheinische Leitungs AG"), (VAT,)).is_likely
    assert likeness(named(1, "Stadtwerke Halden GmbH"), named(2, "Stadtwerke Halden")).is_likely
    assert not likeness(named(1, "T-Netz"), named(2, "Rheinische Leitungs AG"), (PHONE,)).is_likely
    assert not likeness(named(1, "Müller"), named(2, "Peter Müller")).is_likely


def test_the_reason_says_what_both_share() -> None:
    # when
    found = likeness(named(1, "SW Halden GmbH"), named(2, "Halden", "Stadtwerke Halden"), (SITE, IBAN))

    # then
    assert found.reason == (
        "both write the IBAN DE02120300000000202051 and the site halden.example; "
        '"SW Halden GmbH" beside "Stadtwerke Halden" is shortened'
    )


def test_one_name_of_another_firm_keeps_two_apart() -> None:
    assert not likeness(named(1, "Halden", "Halden GmbH"), named(2, "Halden", "Halden AG"), (IBAN,)).is_proven


def test_a_mark_of_many_is_nobodys() -> None:
    # given
    rare = [MarkBearer(IBAN, number, 1, drawn=1) for number in (1, 2)]
    common = [MarkBearer(SITE, number, 1, drawn=1) for number in range(1, 9)]

    # then
    assert shared_marks([*rare, *common]) == {(1, 2): [IBAN]}


def test_names_are_compared_where_they_share_a_rare_word() -> None:
    # given
    names = {1: ["Stadtwerke Halden"], 2: ["SW Halden GmbH"], 3: ["Bäckerei Kuhn"], 4: ["Backerei-Kuhn"]}

    # then
    assert alike_by_name(names, [1]) == {(1, 2)}
    assert alike_by_name(names, names) == {(1, 2), (3, 4)}
