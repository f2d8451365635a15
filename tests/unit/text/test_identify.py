"""The language of a text."""

from __future__ import annotations

from array import array
from pathlib import Path

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from twolane.text.identify import identifier, language_code, likely_language
from twolane.text.languages import plain_code
from twolane.text.transitions import Transitions
from twolane.text.words import raw_words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Please find attached the invoice for the repair of your car, and pay it within two weeks.", "en"),
        ("Hiermit kündige ich den Mietvertrag zum 31. März fristgerecht. Bitte bestätigen Sie das.", "de"),
        ("Je vous prie de trouver ci-joint la facture relative à votre commande du 3 mai dernier.", "fr"),
        ("Le informamos de que su póliza de seguro vence el próximo mes y debe renovarla pronto.", "es"),
        ("W załączeniu przesyłam fakturę za usługi wykonane w marcu i proszę o zapłatę w terminie.", "pl"),
        ("Направляем вам договор аренды квартиры на подпись и просим вернуть его до конца месяца.", "ru"),
        ("尊敬的客户，您的发票已附在邮件中，请在两周之内查收并按时付款，谢谢您的合作。", "zh"),
        ("نرفق لكم فاتورة الكهرباء لشهر مارس ونرجو منكم دفعها قبل نهاية الشهر القادم في أي بنك.", "ar"),
    ],
)
def test_the_language_of_a_text_is_known(text: str, code: str) -> None:
    assert language_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Invoice 17",
        "12.3 45.1 33\n2019-01-01 77\n" * 20,
        "for i in range(10): print(f(i), xs[i:j])\n" * 4,
        "\ud800 a lone surrogate",
    ],
)
def test_a_text_that_is_short_or_in_no_language_has_none(text: str) -> None:
    assert language_code(text) == ""


LONG = {
    "en": "We write to tell you that the rent of the flat will be higher from the first of May, and "
    "that you may object to this within two weeks if it is more than what others in the house "
    "have to pay for theirs.",
    "de": "Wir teilen Ihnen mit, dass die Miete der Wohnung zum ersten Mai erhöht wird und dass Sie "
    "dem innerhalb von zwei Wochen widersprechen können, wenn sie höher ist als das, was andere"
    " im Haus für ihre zahlen.",
    "cs": "Sdělujeme vám, že nájem bytu se od prvního května zvýší a že proti tomu můžete do dvou "
    "týdnů podat námitku, pokud je vyšší než to, co za své byty platí ostatní v domě, kteří zde"
    " bydlí již delší dobu.",
    "sk": "Oznamujeme vám, že nájomné za byt sa od prvého mája zvýši a že proti tomu môžete do dvoch "
    "týždňov podať námietku, ak je vyššie ako to, čo za svoje byty platia ostatní v dome, ktorí"
    " tu bývajú už dlhší čas.",
    "uk": "Повідомляємо вам, що орендна плата за квартиру з першого травня зросте і що ви можете "
    "заперечити проти цього протягом двох тижнів, якщо вона вища за ту, яку платять за свої "
    "квартири інші мешканці будинку.",
}


@pytest.mark.parametrize(("code", "text"), LONG.items())
def test_neighbours_of_a_language_are_not_taken_for_it(code: str, text: str) -> None:
    assert language_code(text) == code


@pytest.mark.parametrize("code", ["en", "de"])
def test_many_common_words_tell_a_language_without_any_statistics(code: str) -> None:
    assert plain_code(raw_words(LONG[code].casefold())) == code


@pytest.mark.parametrize("code", ["cs", "sk", "uk"])
def test_common_words_that_other_languages_share_tell_none(code: str) -> None:
    assert plain_code(raw_words(LONG[code].casefold())) == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Recipe: How to cook or bake something", "en"),
        ("Rezept: Wie man etwas kocht oder backt", "de"),
        ("17", ""),
    ],
)
def test_a_short_text_has_a_likely_language(text: str, code: str) -> None:
    assert likely_language(text) == code


@pytest.mark.parametrize("width", [1, 4])
def test_a_table_of_transitions_is_kept_whole(width: int) -> None:
    # given
    table = array("I", [(number % 7) * width for number in range(16 * 50)] + list(range(16)) * 3)

    # when
    kept = Transitions(table)

    # then
    assert [kept[at] for at in range(len(table))] == list(table)


def test_languages_are_ranked_as_by_the_whole_table() -> None:
    # given
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    texts = [
        part
        for path in sorted((Path(__file__).parents[3] / "eval/data/across").glob("*.toml"))
        for part in path.read_text("utf-8").split("\n\n")
    ]

    # when
    differ = [text for text in texts if identifier().rank(text) != whole.rank(text)]

    # then
    assert len(texts) > 20
    assert not differ
