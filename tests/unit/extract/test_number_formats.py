"""Format codes of spreadsheets against what Excel shows; reports of faults elsewhere are named."""

from __future__ import annotations

import pytest

from twolane.extract.readers.sheets.number_formats import NumberFormat, built_in_code

_ACCOUNTING = '_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)'
_DAY = 46086.0  # 2026-03-05

NUMBERS = [
    ("General", 1234567.0, "1234567"),
    ("General", 0.1 + 0.2, "0.3"),
    ("", 5.0, "5"),
    ("0.0%", 0.075, "7.5%"),  # anydoc#27
    ('"$"#,##0.00', 1234.5, "$1,234.50"),  # anydoc#27
    ("0%", 1.0, "100%"),  # rows#290
    ("0.00%", 0.0375, "3.75%"),
    ("0.0\\ %", 0.5, "50.0 %"),
    ("0", 0.5, "1"),
    ("0", -0.3, "0"),
    ("0.00", 2.675, "2.68"),
    ("0.00", 1.005, "1.01"),
    ("0.##", 1.0, "1."),
    ("#", 0.0, ""),
    ("?0.0", 5.0, "5.0"),
    ("#,##0", 1234567890.0, "1,234,567,890"),
    ("#,##0.00_ ;[Red]\\-#,##0.00\\ ", -3.1, "-3.10"),
    ("[Red](0)", -5.0, "-(5)"),
    ('#,##0.00 "€"', 56701.03, "56,701.03 €"),
    ("[$€-407] #,##0.00", -3.5, "-€ 3.50"),
    ("#,##0.00\\ [$zł-415]", 1234.5, "1,234.50 zł"),
    ("[$₽-419]#,##0", 10.0, "₽10"),
    ("[$CHF-807] #,##0", 10.0, "CHF 10"),  # hyperformula#1665
    (_ACCOUNTING, 1234.5, "$ 1,234.50"),
    (_ACCOUNTING, -1234.5, "$ (1,234.50)"),
    (_ACCOUNTING, 0.0, "$ -"),
    ("00000", 1067.0, "01067"),
    ("(000) 000-0000", 5551234567.0, "(555) 123-4567"),
    ("000-00-0000", 123456789.0, "123-45-6789"),
    ("0000 0000", 12345678.0, "1234 5678"),
    ('"Nr. "0', 7.0, "Nr. 7"),
    ('"a;b"0;0', 1.0, "a;b1"),
    ('General" kg"', 2.5, "2.5 kg"),
    ("0.00E+00", 12345.0, "1.23E+04"),
    ("0.00E+00", 0.00012345, "1.23E-04"),
    ("##0.0E+0", 12345.0, "12.3E+3"),
    ("0.0E+0", 0.0, "0.0E+0"),
    ("# ?/?", 1.5, "1 1/2"),
    ("# ??/??", 1 / 3, "1/3"),
    ("# ?/8", 2.25, "2 2/8"),
    ("0/0", 0.75, "3/4"),
    ('[>=1000]0.0,"k";0', 1500.0, "1.5k"),
    ('[>=1000]0.0,"k";0', 150.0, "150"),
    ('0.0,,"M"', 1234567.0, "1.2M"),
    ('"yes";"yes";"no"', 1.0, "yes"),
    ('"yes";"yes";"no"', 0.0, "no"),
    ("0;-0;;@", 0.0, ""),
    ("@", 5.0, "5"),
    ("[DBNum1]0", 5.0, "5"),
]

DAYS = [
    ("yyyy-mm-dd", _DAY, "2026-03-05"),
    ("dd.mm.yyyy", _DAY, "2026-03-05"),
    ("[$-409]d\\-mmm\\-yy", _DAY, "2026-03-05"),  # SheetJS/ssf#26
    ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", _DAY, "2026-03-05"),  # ExcelNumberFormat#42
    ('yyyy"年"m"月"d"日"', _DAY, "2026-03-05"),
    ("[$-D07041E]d/m/yyyy", _DAY, "2026-03-05"),
    ("m/d/yy h:mm", _DAY + 0.604166667, "2026-03-05 14:30"),
    ("yyyy-mm-dd hh:mm:ss", _DAY + 0.604166667, "2026-03-05 14:30:00"),
    ("mmm-yy", _DAY, "Mar 2026"),
    ("[$-407]mmmm yyyy", _DAY, "März 2026"),
    ("[$-415]mmmm", _DAY, "marzec"),
    ("[$-40C]dddd", _DAY, "jeudi"),
    ("mm/yyyy", _DAY, "2026-03"),
    ("yyyy", _DAY, "2026"),
    ("d", _DAY, "5"),
    ("yyyy-mm-dd", 1.0, "1900-01-01"),
    ("yyyy-mm-dd", 59.0, "1900-02-28"),
    ("yyyy-mm-dd", 61.0, "1900-03-01"),
    ("yyyy-mm-dd", -5.0, "-5"),
    ("yyyy-mm-dd", 1e12, "1000000000000"),
    ("[h]:mm", 26.5 / 24, "26:30"),
    ("[h]:mm:ss", -1.00069444444444, "-24:01:00"),  # SheetJS/ssf#94
    ("[HH]", -12.0, "-288"),  # SheetJS/ssf#71
    ("[mm]:ss", 1.5 / 24, "90:00"),
    ("[ss]", 1.0, "86400"),
    ("mm:ss.0", 0.001, "01:26.4"),
    ("h:mm AM/PM", 0.604166667, "2:30 PM"),
    ("h:mm AM/PM", 0.0, "12:00 AM"),
    ('h"h"mm', 0.5, "12h00"),
    ("hh:mm:ss", 0.9999999, "00:00:00"),
    (built_in_code(14), _DAY, "2026-03-05"),
    (built_in_code(34), 0.5, "12:00"),
    (built_in_code(46), 26.5 / 24, "26:30:00"),
]


@pytest.mark.parametrize(("code", "value", "shown"), [*NUMBERS, *DAYS])
def test_a_number_is_shown_by_its_format(code: str, value: float, shown: str) -> None:
    assert NumberFormat(code).shown(value) == shown


def test_days_of_the_1904_system_count_from_its_first_day() -> None:
    assert NumberFormat("d.m.yyyy", is_1904=True).shown(44759.0) == "2026-07-18"


@pytest.mark.parametrize(
    ("code", "shown"), [("0.00", "x"), ('@" kg"', "x kg"), ("_(@_)", "x"), ('0;-0;0;"t: "@', "t: x")]
)
def test_a_text_is_shown_by_the_section_for_texts(code: str, shown: str) -> None:
    assert NumberFormat(code).shown_text("x") == shown


@pytest.mark.parametrize(
    "code", ["[" * 5000, '"' * 999, "0" * 100_000, "?/" * 400, "E+E+", "\\", "_", ".,%;;;;"]
)
@pytest.mark.parametrize("value", [0.0, -1.5, 1e300, 1e-300, float("inf"), float("nan")])
def test_a_code_that_makes_no_sense_does_no_harm(code: str, value: float) -> None:
    assert len(NumberFormat(code).shown(value)) < 5000
