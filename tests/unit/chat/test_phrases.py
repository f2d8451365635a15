"""What is said in place of an answer is said in the question's language."""

from __future__ import annotations

import locale
from string import Formatter

import pytest

from twolane.answers import RefusalCause, UnreadCause, UnreadFiles
from twolane.chat.phrases import _tables, language_of_phrases, refusal

_QUESTIONS = {
    "en": ("What is the passport number?", "deposit key"),
    "de": ("Wie hoch ist die Miete?", "Jahresbeitrag der Hausratversicherung", "ja"),
    "fr": ("Quel est le loyer ?", "Combien coûte le billet ?", "merci"),
    "es": ("¿Cuánto cuesta el alquiler?", "¿Cuándo vence el contrato?", "gracias"),
    "it": ("Quanto costa l'affitto?", "Quando scade il contratto?"),
    "pt": ("Quanto custa o aluguel?", "número do passaporte"),
    "nl": ("Hoeveel is de huur?", "Wanneer loopt het contract af?"),
    "pl": ("Ile wynosi czynsz?", "Kiedy kończy się umowa?", "dzięki"),
    "ru": ("Сколько стоит аренда?", "Когда заканчивается договор?", "да"),
    "uk": ("Скільки коштує оренда?", "Коли закінчується договір?"),
    "tr": ("Kira ne kadar?", "Sözleşme ne zaman bitiyor?"),
    "ar": ("كم الإيجار؟", "متى ينتهي العقد؟"),
    "zh": ("租金是多少？", "护照号码"),
    "ja": ("家賃はいくらですか？", "パスポート番号"),
    "ko": ("월세는 얼마인가요?", "여권 번호"),
}


@pytest.mark.parametrize(
    ("language", "question"), [(code, question) for code, asked in _QUESTIONS.items() for question in asked]
)
def test_phrases_are_those_of_the_questions_language(language: str, question: str) -> None:
    assert language_of_phrases(question) == language


@pytest.mark.parametrize(("system", "language"), [("de_AT", "de"), ("eo", "en"), (None, "en")])
def test_without_words_the_users_system_says_the_language(
    system: str | None, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(locale, "getlocale", lambda: (system, "UTF-8"))

    # then
    assert language_of_phrases(" ? ") == language
    assert language_of_phrases("Ile wynosi czynsz?") == "pl"


def test_a_refusal_says_what_was_not_read() -> None:
    # given
    unread = (UnreadFiles(UnreadCause.SCAN, 3), UnreadFiles(UnreadCause.ENCRYPTED, 1))

    # when
    said = refusal(RefusalCause.NOT_ANSWERED, "Wie hoch ist die Miete?", unread)

    # then
    assert said == "Ihre Dateien beantworten das nicht. Nicht gelesen: Scans (3), mit Passwort geschützt (1)."


def test_every_language_has_every_phrase() -> None:
    named = {*RefusalCause, *UnreadCause, "unread", "bare"}
    for code, table in _tables().items():
        assert set(table) >= {str(name) for name in named}, code
        assert all(text.strip() for text in table.values()), code
        fields = [field for text in table.values() for _, field, _, _ in Formatter().parse(text) if field]
        assert fields == ["files"], code
