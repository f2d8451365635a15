"""What shows that a name is an organisation's: its legal form, or that it is called as authorities are."""

from __future__ import annotations

import re

from twolane.fields.sheet import fold

# Legal forms, folded, with the points that may stand in them.
_LEGAL = (
    *(
        "gmbh(?: & co\\.? ?kg)?",
        "mbh",
        "ag",
        "kg",
        "ohg",
        "gbr",
        "ug",
        "e\\.? ?k\\.?",
        "e\\.? ?v\\.?",
        "eg",
        "kgaa",
        "se",
    ),
    *(
        "ltd\\.?(?: sti\\.?)?",
        "limited",
        "llc",
        "llp",
        "l\\.p\\.",
        "lp",
        "n\\.a\\.",
        "p\\.c\\.",
        "s\\.s\\.d\\.",
        "plc",
        "inc\\.?",
        "corp\\.?",
        "corporation",
        "company",
        "co\\.",
    ),
    *(
        "s\\.? ?a\\.? ?r\\.? ?l\\.?",
        "s\\.? ?a\\.? ?s\\.?",
        "s\\.? ?a\\.?",
        "sasu",
        "eurl",
        "snc",
        "sci",
        "s\\.? ?l\\.?(?: ?u\\.?)?",
    ),
    *(
        "s\\.? ?r\\.? ?l\\.?(?: ?s\\.?)?",
        "s\\.? ?p\\.? ?a\\.?",
        "s\\. ?n\\. ?c\\.",
        "b\\.? ?v\\.?",
        "n\\.? ?v\\.?",
        "v\\.? ?o\\.? ?f\\.?",
    ),
    *(
        "sp\\.? ?z ?o\\.? ?o\\.?",
        "s\\. ?c\\.",
        "sp\\. ?[jk]\\.",
        "lda\\.?",
        "unipessoal",
        "s\\. ?r\\. ?o\\.",
        "a\\. ?s\\.",
        "spol\\.",
    ),
    *(
        "ооо",
        "ао",
        "оао",
        "зао",
        "пао",
        "ип",
        "тов",
        "фоп",
        "тсж",
        "a\\.s\\.?",
        "ab",
        "aps",
        "a/s",
        "oy",
        "kft\\.?",
        "zrt\\.?",
    ),
    *("bt\\.?", "d\\.? ?o\\.? ?o\\.?", "pvt\\.?", "pty"),
)
_FORM = re.compile(
    rf"(?<![\w.])(?:{'|'.join(_LEGAL)})(?![^\W_])|有限公司|株式会社|有限会社|合同会社|公司|集团|협회|주식회사|\(주\)"
)
_FORM_WORDS = frozenset(
    (
        *("gmbh", "mbh", "ag", "kg", "ohg", "gbr", "ug", "ek", "ev", "eg", "kgaa", "se", "ltd"),
        *("limited", "llc", "llp", "plc", "inc", "corp", "corporation", "company", "sarl", "sas", "sa"),
        *("sasu", "eurl", "snc", "sci", "sl", "slu", "srl", "srls", "spa", "bv", "nv", "vof", "lda"),
        *("unipessoal", "as", "ab", "aps", "a/s", "oy", "kft", "zrt", "bt", "doo", "pvt", "pty", "s"),
    )
)
# How organisations are called where they are named by a word: practices, authorities, clubs, banks.
_CALLED = re.compile(
    r"(?:werke|amt|kasse|bank|verein|schule|verlag|versicherung|praxis|verwaltung|gesellschaft|gericht|institut)(?![^\W_])"
    r"|(?<![^\W_])(?:banc|banq|bank|univers|institut|ministr|minister|municip|commune|mairie|comunidad|comune|clinic|klini|hospital"
    r"|gemeinde|stadt|court|council|office|society|association|asocia|associa|stowarzysz|fundacja|foundation|stiftung|school|"
    r"college|church|garage|hotel|museum|agency|agence|agenzia|department|ministry|bureau|urzad|szkola|банк|клиник|больниц|школ|"
    r"университет|администрац|товариществ|управлен|министер|praxis|apothek|pharma|restaurant|studio|shop|books|services|group)"
    r"|(?:شركة|مؤسسة|بنك|جامعة|مستشفى|بلدية|وزارة|مدرسة|مكتب|ادارة)|(?:銀行|银行|医院|大学|学校|協会|协会|会社|市役所|委員会|委员会|管理局|中心|办公室|税务局)(?![\u3400-\u9fff])"
)


def has_form(name: str) -> bool:
    """Say whether a name has a legal form in it."""
    return _form_in(name) is not None


def _form_in(name: str) -> re.Match[str] | None:
    """Return where a name has its legal form; small words such as "as" and "se" are none."""
    for match in _FORM.finditer(fold(name)):
        words = name[match.start() : match.end()]
        if name.isupper() and len(words) < 4 and "." not in words and match.end() < len(name):
            continue  # a small word of a heading
        if len(words) > 3 or "." in words or not words.isascii() or words[0].isupper():
            return match
    return None


def up_to_form(name: str) -> str:
    """Return a name without what stands behind its legal form: the rest of a heading."""
    match = _form_in(name)
    if (
        match is None
        or match.start() < 4
        or name[match.end() :].lstrip(" .,")[:1] in {"", "&", "(", "-", "+"}
    ):
        return name
    rest = name[match.end() :].lstrip(" .,")
    if _form_in(rest):
        return name
    return name[: len(name) - len(rest)].rstrip(" ,")


def may_have_form(text: str) -> bool:
    """Say whether a legal form may be in a text, for much less than `has_form` costs."""
    return (
        not text.isascii() or "." in text or not _FORM_WORDS.isdisjoint(fold(text).replace(",", " ").split())
    )


def is_called_so(folded: str) -> bool:
    """Say whether a folded name has a word in it that organisations are called by."""
    return bool(_CALLED.search(folded))


def up_to_address(text: str) -> str:
    """Return the name that a party's description begins with: up to a comma that no legal form follows."""
    first, *rest = text.split(",")
    if rest and (match := _form_in(rest[0].strip())) and match.start() == 0:
        return f"{first},{rest[0][: rest[0].index(rest[0].strip()) + match.end()]}"
    return first


def without_form(name: str) -> str:
    """Return a name without its legal form."""
    match = _form_in(name)
    if match is None:
        return name
    return " ".join(f"{name[: match.start()]} {name[match.end() :]}".split()).strip(" ,.&") or name


def squashed(name: str) -> str:
    """Return the letters and digits of a name, folded."""
    return "".join(filter(str.isalnum, fold(name)))
