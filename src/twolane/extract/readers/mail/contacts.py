"""Contact cards (VCF): each person or organisation as people read it."""

from __future__ import annotations

import re

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.mail.content_lines import Component, ContentLine, components, unfolded
from twolane.extract.readers.text import decode
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

_LIMIT_BYTES = 32 << 20
_ROWS = (
    ("Organisation", "ORG"), ("Position", "TITLE"), ("Role", "ROLE"), ("Nickname", "NICKNAME"),
    ("Telephone", "TEL"), ("Mail", "EMAIL"), ("Address", "ADR"), ("Birthday", "BDAY"),
    ("Anniversary", "ANNIVERSARY"), ("Link", "URL"), ("Messages", "IMPP"), ("Related", "RELATED"),
    ("Categories", "CATEGORIES"), ("Member", "MEMBER"), ("Date", "X-ABDATE"), ("Related", "X-ABRELATEDNAMES"),
    ("Related", "X-SPOUSE"), ("Anniversary", "X-ANNIVERSARY"), ("Anniversary", "X-EVOLUTION-ANNIVERSARY"),
    ("Profile", "X-SOCIALPROFILE"), ("Department", "X-DEPARTMENT"), ("Note", "NOTE"),
)  # fmt: skip
_STRUCTURED = frozenset({"ORG", "ADR", "N"})
_DAYS = frozenset({"BDAY", "ANNIVERSARY", "X-ABDATE", "X-ANNIVERSARY", "X-EVOLUTION-ANNIVERSARY"})
_KINDS = frozenset({"HOME", "WORK", "CELL", "FAX", "MOBILE", "PAGER", "MAIN", "OTHER"})
_DAY = re.compile(r"(\d{4}|--)-?(\d{2})-?(\d{2})(?:T.*)?")
_LABEL = re.compile(r"^_\$!<(.*)>!\$_$")  # how Apple marks the labels that it knows
_SCHEME = re.compile(r"^(?:tel|mailto):", re.I)

FORMATS = (Format("VCF", frozenset({"text/vcard"}), frozenset({FilePart.BODY, FilePart.FIELDS})),)


def read(source: SourceFile, draft: Draft) -> None:
    """Read each card as one page, labelled by its name."""
    data = source.head(_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    cards = [card for card in components(decode(unfolded(data))[0]) if card.kind == "VCARD"]
    texts = [(card, text) for card in cards if has_words(text := card_text(card))]
    if not texts:
        raise Refused(ReadStatus.EMPTY, "a contact card without a name or an address")
    draft.title = card_name(texts[0][0]) if len(texts) == 1 else ""
    if len(texts) == 1:
        card = texts[0][0]
        draft.state(TITLE, draft.title, Origin.CARD)
        draft.state(CORRESPONDENT, draft.title, Origin.CARD)
        draft.state(DATE, card.text("REV"), Origin.CARD)
    draft.page_count = len(texts)
    for card, text in texts:
        draft.check_time()
        draft.add(text, card_name(card))


def card_name(card: Component) -> str:
    """Return whom a card is of: the name as it is written, else put together, else the organisation."""
    if name := " ".join(card.text("FN").split()):
        return name
    if line := card.line("N"):
        family, given, more, before, after = [*line.parts(), "", "", "", "", ""][:5]
        if name := " ".join(part.strip() for part in (before, given, more, family, after) if part.strip()):
            return name
    return _value(organisation) if (organisation := card.line("ORG")) else ""


def card_text(card: Component) -> str:
    """Return all that people want of a card, without its pictures and keys."""
    lines = [f"# {card_name(card)}", ""] if card_name(card) else []
    labels = {line.group: _LABEL.sub(r"\1", line.text().strip()) for line in card.all("X-ABLABEL")}
    for label, name in _ROWS:
        for line in card.all(name):
            if not line.is_binary and (value := _value(line)):
                own = labels.get(line.group, "") if line.group else ""
                lines.append(f"{label}{f' ({own})' if own else _kinds(line)}: {value}")
    return "\n".join(lines)


def _value(line: ContentLine) -> str:
    if line.name in _STRUCTURED:
        return ", ".join(" ".join(part.split()) for part in line.parts() if part.strip())
    text = _SCHEME.sub("", line.text().strip())
    if line.name not in _DAYS or not (day := _DAY.fullmatch(text)):
        return text
    year = "" if day[1] in {"--", line.parameters.get("X-APPLE-OMIT-YEAR", "--")} else f"{day[1]}-"
    return f"{year}{day[2]}-{day[3]}"


def _kinds(line: ContentLine) -> str:
    kinds = [kind for kind in re.split("[,;]", line.parameters.get("TYPE", "").upper()) if kind in _KINDS]
    return f" ({', '.join(kind.lower() for kind in kinds)})" if kinds else ""
