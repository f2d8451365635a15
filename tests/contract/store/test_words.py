"""Questions find passages by their words: in any language, inflected, mistyped, compound or cut in two."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.library import OpenStore, found_by_words, passages, reading, scan, seen

from twolane.store.base import Store

# What a file says, and what one asks for: the same words in other cases, numbers and persons.
INFLECTED = [
    (
        "en",
        "The tenant pays for all damages that were caused by the movers.",
        "Who pays for damage by a mover?",
    ),
    (
        "de",
        "Die Beiträge der Versicherungen werden im Januar und auch im Juli von uns abgebucht.",
        "Beitrag Versicherung",
    ),
    (
        "fr",
        "Les locataires de la maison doivent payer les charges avant le dixième jour.",
        "locataire charge",
    ),
    ("es", "Los inquilinos de la casa pagan las facturas de la luz por su cuenta.", "inquilino factura"),
    ("it", "Gli inquilini della casa pagano le bollette della luce e anche del gas.", "inquilino bolletta"),
    ("pt", "Os inquilinos da casa não pagam as contas de água e de gás.", "inquilino conta"),
    ("nl", "De huurders van het huis betalen de rekeningen voor het water en de stroom.", "huurder rekening"),
    (
        "pl",
        "Najemcy nie płacą za wodę ani za prąd, ale są odpowiedzialni za szkody w mieszkaniach.",
        "szkoda w mieszkaniu",
    ),
    (
        "ru",
        "Арендаторы не платят за воду, но они отвечают за повреждения в квартирах.",
        "повреждение квартиры арендатор",
    ),
    ("ar", "يدفع المستأجر الإيجار في بداية كل شهر ولا يدفع ثمن الماء على حسابه.", "إيجار مستأجر"),
    ("zh", "租客每月支付房租，水费由房东承担。", "房租"),
]
# The same words with one letter wrong, missing, added or two of them swapped.
MISTYPED = [
    ("en", "The tenant pays for all damages that were caused by the movers.", "tennant"),
    (
        "de",
        "Die Beiträge der Versicherungen werden im Januar und auch im Juli von uns abgebucht.",
        "Versichreung",
    ),
    ("fr", "Les locataires de la maison doivent payer les charges avant le dixième jour.", "locatiare"),
    ("es", "Los inquilinos de la casa pagan las facturas de la luz por su cuenta.", "imquilino"),
    (
        "pl",
        "Najemcy nie płacą za wodę ani za prąd, ale są odpowiedzialni za szkody w mieszkaniach.",
        "miezkanie",
    ),
    ("ru", "Арендаторы не платят за воду, но они отвечают за повреждения в квартирах.", "поврежение"),
    ("ar", "يدفع المستأجر الإيجار في بداية كل شهر ولا يدفع ثمن الماء على حسابه.", "المستاجر"),
]
NAMES = (
    "apple",
    "barley",
    "cherry",
    "turnip",
    "endive",
    "fennel",
    "garlic",
    "hazel",
    "iris",
    "juniper",
    "kale",
    "leek",
)
OTHERS = (
    "A note on the weather.",
    "Das Wetter war nicht gut und es wurde auch kalt.",
    "Погода была не очень хорошей.",
)


def add(store: Store, path: str, *texts: str, language: str = "", title: str = "") -> None:
    scan(store, seen(path))
    [job] = store.claim(["read"], "tester", 60).jobs
    read = replace(reading(*texts, title=title), language=language)
    with store.finishing(job) as write:
        write.save_reading(job.file_id, path, 1, read, passages(*texts))


def found(store: Store, question: str, limit: int = 5) -> list[str]:
    hits = found_by_words(store, question, limit)
    return [passage.text for passage in store.passages([hit.passage_id for hit in hits])]


@pytest.mark.parametrize(("language", "text", "question"), [*INFLECTED, *MISTYPED])
@pytest.mark.parametrize("is_known", [True, False])
def test_a_word_is_found_in_any_inflection_of_its_language(
    store: Store, language: str, text: str, question: str, is_known: bool
) -> None:
    # given
    for number, other in enumerate(OTHERS):
        add(store, f"/d/other{number}", other)
    add(store, "/d/a", text, language=language if is_known else "")

    # when
    words = store.query_words(question)
    [hit, *_] = store.search_words(words, 5)

    # then
    assert [passage.text for passage in store.passages([hit.passage_id])] == [text]
    assert all(store.stems([hit.passage_id])[hit.passage_id].holds(word) for word in words)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Die Hausratversicherung kostet im Jahr 146,90 Euro.", "Was kostet die Versicherung?"),
        ("Die Hausratversicherung kostet im Jahr 146,90 Euro.", "Ist der Hausrat versichert?"),
        ("Die Versicherung für den Hausrat kostet 146,90 Euro.", "Hausratversicherung"),
        ("Der Versicherungsnehmer zahlt für die Versicherung, der Nehmer nicht.", "Versicherungen"),
        ("De huurovereenkomst is niet opgezegd en de huur is te laat.", "overeenkomst"),
        ("The photos are on bestbuy and not on the disk.", "best buy"),
    ],
)
def test_compounds_and_their_parts_find_each_other(store: Store, text: str, question: str) -> None:
    # given a library in which the parts stand alone somewhere
    add(store, "/d/parts", "Hausrat und Versicherung. Nehmer. Huur, overeenkomst. Best. Buy.")
    add(store, "/d/a", text)
    add(store, "/d/b", "Nothing of this kind is in here at all.")

    # then
    assert text in found(store, question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("die Lebensver-\nsicherung endet", "Lebensversicherung"),
        ("die Lebensver\u00ad\nsicherung endet", "Lebensversicherung"),
        ("die Lebens\u00adversicherung endet", "Lebensversicherung"),
        ("l'assu-\n  rance habitation", "assurance"),
        ("страхо-\nвание жилья", "страхование"),
        ("Rechnung RE-2019/507 vom Mai", "RE-2019/507"),
        ("Rechnung RE-2019/507 vom Mai", "RE 2019 507"),
        ("Rechnung RE-2019/507 vom Mai", "re2019507"),
        ("the fault code F22 means", "F22?"),
        ("revenue of FY2019", "2019"),
        ("as clause 12.4.1 says", "12.4.1"),
        ("as clause 12.4.1 says", "clause 12.4"),
        ("paid on 12.05.2023", "2023"),
        ("5,409.00 in total", "5409"),
    ],
)
def test_words_cut_in_two_and_references_are_found_as_written(store: Store, text: str, question: str) -> None:
    # given
    add(store, "/d/a", text)
    add(store, "/d/b", "something else altogether")

    # then
    assert found(store, question)[:1] == [text]


def test_the_word_itself_counts_more_than_what_is_like_it(store: Store) -> None:
    # given
    add(store, "/d/other", "The rental of the garden house ends in May.", "A garden and a house.")
    add(store, "/d/whole", "The gardenhouse was sold.")
    add(store, "/d/itself", "The house was sold.")

    # then
    assert found(store, "house")[-1] == "The gardenhouse was sold."


def test_a_rare_word_says_more_than_a_frequent_one(store: Store) -> None:
    # given
    for number in range(9):
        add(store, f"/d/{number}", f"the rent of flat number {number}")
    add(store, "/d/deposit", "the deposit of a flat and its rent")

    # when
    rent, deposit, nowhere = store.query_words("rent deposit zebra")

    # then
    assert rent.rarity < deposit.rarity < nowhere.rarity


def test_stems_are_kept_with_each_passage(store: Store) -> None:
    # given
    add(store, "/d/a", "The herrings were caught in the morning.", "A letter on rents.", title="Fishing")
    ids = [passage_id for passage_id, _ in store.passages_without_vectors("/d/a")]

    # when
    stems = store.stems([*ids, 99_999])

    # then
    herring, rent, fish = store.query_words("herring rent fishing")
    assert sorted(stems) == ids
    assert [stems[number].holds(herring) for number in ids] == [True, False]
    assert [stems[number].holds(rent) for number in ids] == [False, True]
    assert [bool(stems[number].in_names & fish.stems) for number in ids] == [True, True]


def test_many_passages_are_found_as_well_as_few(store: Store) -> None:
    # given more than is kept outside of segments, in several documents, one of which is read again
    for number in range(12):
        texts = [f"{NAMES[number]} writes on {NAMES[n % 7]}s" for n in range(150)]
        add(store, f"/d/{number}", *texts)
    again = store.file_at(Path("/d/0"))
    assert again is not None

    # when
    with store.writing() as write:
        write.save_reading(again.file_id, "/d/0", 1, reading("only turnips"), passages("only turnips"))

    # then
    turnips = sum(n % 7 == 3 for n in range(150))
    assert len(found_by_words(store, "turnip", 5_000)) == 1 + 10 * turnips + 150
    assert found(store, "leek turnip")[0] == "leek writes on turnips"
    assert "only turnips" in found(store, "turnip only")[0]
    assert found(store, "apple", 5_000).count("apple writes on turnips") == 0


def test_the_telling_words_of_passages_are_the_rarest_that_others_hold_too(store: Store) -> None:
    # given
    add(store, "/d/a", "the lighthouse of Oxna burned common oil alone")
    add(store, "/d/b", "Oxna is an island of common sheep")
    for number in range(5):
        add(store, f"/d/{number}", "common words of oil")
    (first, *_) = found_by_words(store, "lighthouse", 1)

    # when
    telling = store.telling_words([first.passage_id], 1)

    # then: an index may keep no counts, and then has none to tell
    if telling:
        assert found_by_words(store, "Oxna", 5) == store.search_words(telling, 5)


def test_many_may_write_the_same_words_at_a_time(open_store: OpenStore) -> None:
    # given
    stores = [open_store() for _ in range(4)]
    for number in range(16):
        scan(stores[0], seen(f"/d/{number}"))

    def write(store: Store) -> None:
        while jobs := store.claim(["read"], "tester", 600).jobs:
            texts = [f"{name} and {other}" for name in NAMES for other in reversed(NAMES)]
            with store.finishing(jobs[0]) as write:
                document = f"file {jobs[0].file_id}"
                write.save_reading(jobs[0].file_id, document, 1, reading(*texts), passages(*texts))

    # when
    with ThreadPoolExecutor(len(stores)) as pool:
        list(pool.map(write, stores))

    # then
    for store in stores:
        assert len(found_by_words(store, "turnip leek", 9_999)) == 16 * (4 * len(NAMES) - 4)
        assert not [line for line in store.check() if "waiting files" not in line]
