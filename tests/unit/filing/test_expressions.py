"""Many regular expressions at once: they find what `re` finds with each of them, in any language."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from twolane.filing.expressions import Expressions
from twolane.filing.literals import fold, needs
from twolane.filing.taxonomy import Taxonomy

TEXTS = [
    "INVOICE No. 7\nBill to: A. Reader\nUnit price 3.00 VAT 19 %\nAmount due 9.00\n\nDear Sir,\nSincerely",
    "RECHNUNG\nRechnungs-Nr 12, zahlbar bis 1. Mai\nMit freundlichen GRÜßEN\nStraße, STRASSE, MASSE, Maße",
    "Facture n° 3\nTotal TTC 12,00 €, net à payer\nRelevé de compte, décret, arrêt, MODE D'EMPLOI",
    "FACTURA\nprecio unitario, IVA\nContrato de arrendamiento\nMuy señor mío:\nAtentamente,",
    "Umowa\nŚWIADECTWO, zaświadczenie\nSzanowny Panie,\nz POWAŻANIEM\nprotokół, PROTOKÓŁ",
    "СЧЕТ-ФАКТУРА\nДоговор аренды\nУважаемый клиент!\nОТЧЕТ, закон, СУД",
    "发票\n合同 甲方 乙方\n报告 简历 说明书\n請求書 領収書 契約書 履歴書",
    "فاتورة رقم 12\nعقد إيجار بين الطرفين\nتقرير سنوي\nחשבונית מס 5",
    "İNVOICE ınvoice ɪnvoice ſubtotal K.F.R. µ μ ΣΑΣ σας ß ẞ ﬁ ﬅ ﬆ é e\u0301 ŕesume\u0301 résumé",
]
PIECES = ["inv", "I", "i", "s", "k", "ß", "ς", "Σ", "é", "e\u0301", "单", "م", " ", "-", "2"]
LITERALS = st.sampled_from(
    ["i", "I", "in", "S", "k", "K", "ß", "ss", "σ", "é", "单", "م", " ", "-", "2", "ı", "İ"]
)
SETS = st.sampled_from(
    [r"\w", r"\W", r"\s", r"\d", ".", "[ab]", "[^i]", "[a-k]", "[Z-a]", "[0-9]", r"[\s\S]"]
)
EDGES = st.sampled_from([r"\b", "^", "$", r"\A", r"\B", r"\Z"])


def _larger(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(parts, min_size=1, max_size=4)
    return st.one_of(
        several.map("".join),
        several.map("|".join).map("({})".format),
        parts.map("(?:{})?".format),
        st.tuples(parts, st.sampled_from(["{2}", "{1,3}", "{0,2}?", "{2,}", "+?"])).map(
            "(?:{0[0]}){0[1]}".format
        ),
        parts.map("(?={})".format),
        parts.map("(?!{})".format),
        st.tuples(parts, parts).map(r"({0[0]}){0[1]}\1".format),
    )


def _is_searched_by_re(expression: str) -> bool:
    try:
        return not needs(expression).time
    except re.error:
        return False


EXPRESSIONS = st.recursive(st.one_of(LITERALS, LITERALS, SETS, EDGES), _larger, max_leaves=8).filter(
    _is_searched_by_re
)


def _by_re(expressions: list[str], text: str) -> list[tuple[int, int] | None]:
    found = [re.search(expression, text, re.IGNORECASE | re.MULTILINE) for expression in expressions]
    return [match and match.span() for match in found]


def _at_once(expressions: list[str], text: str) -> list[tuple[int, int] | None]:
    return [match and match.span() for match in Expressions(expressions).search(text)]


@pytest.mark.filterwarnings("ignore:Possible nested set")
@settings(max_examples=400)
@given(
    st.lists(EXPRESSIONS, min_size=1, max_size=4),
    st.lists(st.sampled_from([*PIECES, "\n", "İ", "ı", "ſ", "K"]), max_size=12).map("".join),
)
@example(["s", "(s|t)x"], "ſx")
@example([r"\A.*k", r"\Ai"], "a\nik")
def test_expressions_looked_for_at_once_find_what_re_finds(expressions: list[str], text: str) -> None:
    # then
    assert _at_once(expressions, text) == _by_re(expressions, text)


@pytest.mark.parametrize("text", TEXTS)
def test_the_own_taxonomys_expressions_find_what_re_finds_in_any_language(text: str) -> None:
    # given
    categories = Taxonomy.load().categories
    expressions = [each for category in categories for each in (*category.hints, *category.patterns)]

    # then
    for written in (text, text.upper(), text.lower(), text.title(), "\n".join(TEXTS) + text):
        assert _at_once(expressions, written) == _by_re(expressions, written)


def test_characters_that_re_calls_equal_are_folded_to_the_same() -> None:
    # given
    cased = [chr(code) for code in range(sys.maxunicode + 1) if len({*_forms(chr(code))}) > 1]
    text = "".join(cased)

    # then
    assert len(fold(text)) == len(text)
    for character in cased:
        equal = re.findall(re.escape(character), text, re.IGNORECASE)
        assert {fold(each) for each in equal} == {fold(character)}, character


def _forms(character: str) -> tuple[str, ...]:
    return character, character.lower(), character.upper(), character.title(), character.casefold()


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        (r"\binvoice\b", {"invoice"}),
        (r"\b(opening|closing) balance\b", {"opening balance", "closing balance"}),
        (r"Bon-?Nr", {"bonnr", "bon-nr"}),
        (r"\d+ (VAT|MwSt)\b", {" vat", " mwst"}),
        (r"_{6,}|\[ ?\]", {"______", "[]", "[ ]"}),
        (r"\w+|x", set()),
        (r"(x)?", set()),
        (r"(?=invoice)", set()),
    ],
)
def test_what_an_expression_needs_is_read_from_it(expression: str, texts: set[str]) -> None:
    # then
    assert {literal.text for literal in needs(expression).literals} == texts


def test_a_python_without_the_parser_of_re_still_finds_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    # given
    monkeypatch.delattr(re, "_parser")

    # when
    found = _at_once([r"\binvoice\b", "bill"], "A bill, an Invoice")

    # then
    assert found == [(11, 18), (2, 6)]


@pytest.mark.parametrize(
    "expression",
    [
        r"(\w+\s?)+:$",
        r"((ab?)+c?)+d",
        r"(a|aa)+b",
        r"(?:x*)*y",
        r".*total.*paid.*\d",
        r"(?=(a+)+b)c",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
    ],
)
def test_an_expression_that_could_take_for_ever_is_seen_by_its_form(expression: str) -> None:
    # then
    assert needs(expression).time


def test_none_of_the_own_taxonomys_expressions_could_take_for_ever() -> None:
    # given
    categories = Taxonomy.load().categories

    # then
    assert not [each for known in categories for each in (*known.hints, *known.patterns) if needs(each).time]


def test_an_expression_that_takes_for_ever_is_left_out_of_that_text(caplog: pytest.LogCaptureFixture) -> None:
    # given
    expressions = Expressions([r"(x+x+)+(x+x+)+y", "y|Z"])

    # when
    found = [match and match[0] for match in expressions.search("x" * 3000 + "z")]
    soon = [match and match[0] for match in expressions.search("xxxxy")]

    # then
    assert found == [None, "z"]
    assert soon == ["xxxxy", "y"]
    assert "takes too long" in caplog.text
