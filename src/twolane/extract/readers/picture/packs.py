"""Which of tesseract's language packs read which script, and which language each is for."""

from __future__ import annotations

from collections.abc import Collection, Iterator

# By script, as tesseract names it: packs with the ISO 639 code of their language, the most used first.
_PACKS: dict[str, str] = {
    "Latin": (
        "eng:en deu:de fra:fr spa:es por:pt ita:it nld:nl pol:pl tur:tr vie:vi ind:id ces:cs ron:ro swe:sv "
        "hun:hu dan:da fin:fi nor:no slk:sk hrv:hr slv:sl lit:lt lav:lv est:et cat:ca eus:eu glg:gl isl:is "
        "gle:ga cym:cy mlt:mt sqi:sq afr:af msa:ms swa:sw epo:eo lat:la ltz:lb bos:bs srp_latn:sr aze:az "
        "uzb:uz fil:tl jav:jv sun:su hat:ht oci:oc bre:br fao:fo fry:fy gla:gd kmr:ku mri:mi que:qu ton:to "
        "yor:yo cos:co"
    ),
    "Cyrillic": "rus:ru ukr:uk bul:bg srp:sr bel:be mkd:mk kaz:kk mon:mn kir:ky tgk:tg tat:tt uzb_cyrl:uz "
    "aze_cyrl:az",
    "Arabic": "ara:ar fas:fa urd:ur pus:ps uig:ug snd:sd",
    "Han": "chi_sim:zh chi_tra:zh jpn:ja",
    "Japanese": "jpn:ja chi_sim:zh chi_tra:zh",  # pages of a few signs are taken for one another
    "Hangul": "kor:ko",
    "Greek": "ell:el grc:el",
    "Hebrew": "heb:he yid:yi",
    "Devanagari": "hin:hi mar:mr nep:ne san:sa",
    "Bengali": "ben:bn asm:as",
    "Thai": "tha:th",
    "Tamil": "tam:ta",
    "Telugu": "tel:te",
    "Kannada": "kan:kn",
    "Malayalam": "mal:ml",
    "Gujarati": "guj:gu",
    "Gurmukhi": "pan:pa",
    "Oriya": "ori:or",
    "Sinhala": "sin:si",
    "Georgian": "kat:ka",
    "Armenian": "hye:hy",
    "Ethiopic": "amh:am tir:ti",
    "Khmer": "khm:km",
    "Lao": "lao:lo",
    "Myanmar": "mya:my",
    "Tibetan": "bod:bo dzo:dz",
    "Syriac": "syr:syr",
    "Thaana": "div:dv",
    "Cherokee": "chr:chr",
}
_OTHER_NAMES = {"Hiragana": "Japanese", "Katakana": "Japanese", "Korean": "Hangul", "Fraktur": "Latin"}
_FOR_A_WHOLE_SCRIPT = {"Han": ("HanS", "HanT"), "Latin": ("Latin", "Fraktur")}
_MOST_TRIED = 6


def is_latin(script: str) -> bool:
    return _known(script) == "Latin"


def packs_of_script(script: str, installed: Collection[str]) -> list[str]:
    """Return the installed packs that read a script, the most used first; those for all of it come last."""
    known = _known(script)
    names = [name for name, _ in _pairs(known)]
    names += [f"script/{name}" for name in _FOR_A_WHOLE_SCRIPT.get(known, (known,))]
    return [name for name in names if name in installed]


def pack_of_language(code: str, installed: Collection[str]) -> str:
    """Return the installed pack for a language, by its ISO 639 code; "" where there is none."""
    return next((name for name in _of_language(code) if name in installed), "")


def are_latin(languages: str) -> bool:
    """Say whether all of these packs, joined by "+", read Latin letters."""
    latin = {name for name, _ in _pairs("Latin")} | {
        f"script/{name}" for name in _FOR_A_WHOLE_SCRIPT["Latin"]
    }
    return set(languages.split("+")) <= latin


def scripts_beside_latin(installed: Collection[str]) -> list[str]:
    """Return the first pack of each other script that is installed, of a few of them."""
    firsts = [
        packs[0] for script in _PACKS if script != "Latin" if (packs := packs_of_script(script, installed))
    ]
    return list(dict.fromkeys(firsts))[:_MOST_TRIED]


def install_for_script(script: str) -> str:
    """Return what to install for a script that no pack here reads, in words for the user."""
    name = next((name for name, _ in _pairs(_known(script))), "")
    return _install(name) if name else f"install tesseract's data for the {script} script"


def install_for_language(code: str) -> str:
    """Return what to install for a language, in words for the user; "" where tesseract does not know it."""
    return next((_install(name) for name in _of_language(code)), "")


def _install(name: str) -> str:
    return f"install tesseract's {name} (Debian: apt install tesseract-ocr-{name.replace('_', '-')})"


def _known(script: str) -> str:
    return _OTHER_NAMES.get(script, script)


def _pairs(script: str) -> Iterator[tuple[str, str]]:
    for pair in _PACKS.get(script, "").split():
        name, _, code = pair.partition(":")
        yield name, code


def _of_language(code: str) -> Iterator[str]:
    return (name for script in _PACKS for name, one in _pairs(script) if one == code)
