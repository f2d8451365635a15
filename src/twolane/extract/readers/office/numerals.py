"""Numbers as lists and notes count with them: letters, Roman numerals, Chinese ones, circled ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_MOST_ROUNDS = 10  # of an alphabet: "aaaa" is a number, a hundred letters are none
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_GREEK = "αβγδεζηθικλμνξοπρστυφχψω"
_ARABIC = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
_ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_AIUEO = "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン"
_IROHA = "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセスン"
_GANADA = "가나다라마바사아자차카타파하"
_CHOSUNG = "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"
_HEAVENLY, _EARTHLY = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_HEBREW = (
    *((400, "ת"), (300, "ש"), (200, "ר"), (100, "ק"), (90, "צ"), (80, "פ"), (70, "ע"), (60, "ס")),
    *((50, "נ"), (40, "מ"), (30, "ל"), (20, "כ"), (16, "טז"), (15, "טו"), (10, "י"), (9, "ט"), (8, "ח")),
    *((7, "ז"), (6, "ו"), (5, "ה"), (4, "ד"), (3, "ג"), (2, "ב"), (1, "א")),
)
_CHINESE, _LEGAL, _KOREAN = "〇一二三四五六七八九", "零壹貳參肆伍陸柒捌玖", "영일이삼사오육칠팔구"
_MARKS = "*†‡§"


def numeral(value: int, kind: str) -> str:
    """Return a number as Word's names of formats say (ST_NumberFormat); in digits where one is not known."""
    write = _KINDS.get(kind)
    return write(value) if write and value > 0 else str(value)


def letters(value: int, alphabet: str = _LATIN) -> str:
    """Return a, b, ... z, aa, bb, ...: word processors repeat the letter, where sheets count on."""
    rounds, place = divmod(value - 1, len(alphabet))
    return alphabet[place] * (rounds + 1) if rounds < _MOST_ROUNDS else str(value)


def counted_letters(value: int) -> str:
    """Return a, b, ... z, aa, ab, ..."""
    text = ""
    rest = value
    while rest > 0 and len(text) < _MOST_ROUNDS:
        rest, place = divmod(rest - 1, 26)
        text = _LATIN[place] + text
    return text


def roman(value: int) -> str:
    """Return a lower-case Roman numeral; in digits from 5,000 on, where none are written."""
    return _summed(value, _ROMAN) if value < 5000 else str(value)


def _summed(value: int, signs: tuple[tuple[int, str], ...]) -> str:
    text = ""
    for worth, sign in signs:
        count, value = divmod(value, worth)
        text += sign * count
    return text


def _hebrew(value: int) -> str:
    return _summed(value, _HEBREW) if value < 1000 else str(value)


def _ideographs(digits: str, tens: str) -> Callable[[int], str]:
    """Return a writer of numbers with signs for ten, hundred and thousand, as they are spoken."""

    def write(value: int) -> str:
        if value > 9999:
            return str(value)
        text, is_open = "", False
        for place, digit in enumerate(map(int, str(value))):
            power = len(str(value)) - place - 1
            if not digit:
                is_open = bool(text)
                continue
            text += digits[0] if is_open and digits[0] != _KOREAN[0] else ""
            is_open = False
            spoken = "" if digit == 1 and power and value < 20 else digits[digit]
            text += spoken + (tens[power - 1] if power else "")
        return text

    return write


def _digits(signs: str) -> Callable[[int], str]:
    return lambda value: "".join(signs[int(digit)] for digit in str(value))


def _from(first: int, count: int) -> Callable[[int], str]:
    """Return a writer of signs that follow each other in Unicode."""
    return lambda value: chr(first + value - 1) if value <= count else str(value)


def _stems(signs: str) -> Callable[[int], str]:
    return lambda value: signs[value - 1] if value <= len(signs) else str(value)


def _ordinal(value: int) -> str:
    ending = "th" if value % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def _alphabet(alphabet: str) -> Callable[[int], str]:
    return lambda value: letters(value, alphabet)


_SPOKEN_KINDS = (
    *("chineseCounting", "chineseCountingThousand", "japaneseCounting"),
    *("taiwaneseCounting", "taiwaneseCountingThousand"),
)
_LEGAL_KINDS = ("chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal")
_KINDS: Mapping[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda value: letters(value).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda value: roman(value).upper(),
    "ordinal": _ordinal,
    "decimalZero": lambda value: f"{value:02}",
    "numberInDash": lambda value: f"- {value} -",
    "decimalEnclosedCircle": _from(0x2460, 20),
    "decimalEnclosedCircleChinese": _from(0x2460, 20),
    "decimalEnclosedParen": _from(0x2474, 20),
    "decimalEnclosedFullstop": _from(0x2488, 20),
    "hindiNumbers": _digits("٠١٢٣٤٥٦٧٨٩"),
    "thaiNumbers": _digits("๐๑๒๓๔๕๖๗๘๙"),
    "hex": lambda value: f"{value:X}",
    "chicago": _alphabet(_MARKS),
    "russianLower": _alphabet(_RUSSIAN),
    "russianUpper": lambda value: letters(value, _RUSSIAN).upper(),
    "greekLower": _alphabet(_GREEK),
    "greekUpper": lambda value: letters(value, _GREEK).upper(),
    "arabicAlpha": _alphabet(_ARABIC),
    "arabicAbjad": _alphabet(_ABJAD),
    "hebrew1": _hebrew,
    "hebrew2": _hebrew,
    "aiueo": _alphabet(_AIUEO),
    "aiueoFullWidth": _alphabet(_AIUEO),
    "iroha": _alphabet(_IROHA),
    "irohaFullWidth": _alphabet(_IROHA),
    "ganada": _alphabet(_GANADA),
    "chosung": _alphabet(_CHOSUNG),
    "ideographTraditional": _stems(_HEAVENLY),
    "ideographZodiac": _stems(_EARTHLY),
    "ideographEnclosedCircle": _from(0x3280, 10),
    "ideographDigital": _digits(_CHINESE),
    "japaneseDigitalTenThousand": _digits(_CHINESE),
    "taiwaneseDigital": _digits(_CHINESE),
    "koreanDigital": _digits(_KOREAN),
    **dict.fromkeys(_SPOKEN_KINDS, _ideographs(_CHINESE, "十百千")),
    **dict.fromkeys(_LEGAL_KINDS, _ideographs(_LEGAL, "拾佰仟")),
    **dict.fromkeys(("koreanCounting", "koreanLegal"), _ideographs(_KOREAN, "십백천")),
}
