"""What languages call days, months and each other is as Unicode's tables have it."""

from __future__ import annotations

from babel import Locale as Unicode
from tools import write_locales

from twolane.text.locales import has_locale, locale


def test_the_file_is_what_the_tool_writes_of_the_installed_tables() -> None:
    assert write_locales.OUT.read_text("utf-8") == write_locales.text()


def test_a_territory_that_calls_months_otherwise_has_them_so() -> None:
    assert locale("de_AT").months["wide"][0] == "Jänner"
    assert locale("de_CH").months["wide"][0] == str(Unicode.parse("de").months["stand-alone"]["wide"][1])


def test_an_unknown_language_has_none() -> None:
    assert not has_locale("xx")
