"""Templates say where a file goes and what it is called: `{correspondent}/{date:%Y}/{title}{ext}`.

Their grammar: folders are parted by "/", and the last part is the name. A blank in braces is filled with the
first of its alternatives, parted by "|", that has a value: a field, with the form of a day after ":", or at
last a text, which stands in quotes where it looks like a field. "{{" and "}}" are braces.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NoReturn

import regex

from twolane.errors import TemplateError
from twolane.facts import FieldType
from twolane.system.names import FileName, safe

MOST_TEMPLATE_CHARS = 1000
NAME, EXT, FOLDER, ADDED = "name", "ext", "folder", "added"
CATEGORY, CATEGORY_ID, CATEGORY_PATH = "category", "category_id", "category_path"
_UNSAFE = '\\:|<>"?*'
_DAY_FORMS: dict[str, Callable[[date], str]] = {
    "Y": lambda day: f"{day.year:04}",
    "y": lambda day: f"{day.year % 100:02}",
    "m": lambda day: f"{day.month:02}",
    "d": lambda day: f"{day.day:02}",
    "j": lambda day: f"{day.timetuple().tm_yday:03}",
    "q": lambda day: str((day.month + 2) // 3),
    "G": lambda day: f"{day.isocalendar().year:04}",
    "V": lambda day: f"{day.isocalendar().week:02}",
    "%": lambda day: "%",  # noqa: ARG005 - as all others
}
_LIKE_A_FIELD = 0.8


class BlankKind(StrEnum):
    """What a blank is filled with."""

    TEXT = "text"
    DAY = "day"
    FOLDERS = "folders"  # several parts of a path


OWN_VALUES: Mapping[str, BlankKind] = {
    CATEGORY: BlankKind.TEXT,
    CATEGORY_ID: BlankKind.TEXT,
    CATEGORY_PATH: BlankKind.FOLDERS,
    NAME: BlankKind.TEXT,
    EXT: BlankKind.TEXT,
    FOLDER: BlankKind.FOLDERS,
    ADDED: BlankKind.DAY,
}
"""What every file has, beside the fields of its document."""

FileValue = str | tuple[str, ...]
"""What a file fills a blank with: a text, a day or period as `facts.FieldType` writes it, or folders."""


def known_values(fields: Mapping[str, FieldType]) -> dict[str, BlankKind]:
    """Return all that templates can name where documents have these fields."""
    days = {FieldType.DATE, FieldType.PERIOD}
    kinds = {one: BlankKind.DAY if kind in days else BlankKind.TEXT for one, kind in fields.items()}
    return kinds | dict(OWN_VALUES)


@dataclass(frozen=True, slots=True)
class BlankChoice:
    """One way to fill a blank: a field's value, in a `form` where it is a day, or a text as it stands."""

    words: str
    form: str = ""
    is_text: bool = False
    at: int = field(default=0, compare=False)

    def __str__(self) -> str:
        if self.is_text:
            return '"' + self.words + '"'
        return f"{self.words}:{self.form}" if self.form else self.words


@dataclass(frozen=True, slots=True)
class Blank:
    """A place in braces that each file fills."""

    alternatives: tuple[BlankChoice, ...]

    def __str__(self) -> str:
        return "{" + "|".join(map(str, self.alternatives)) + "}"

    def value(self, values: Mapping[str, FileValue]) -> FileValue:
        """Return what a file fills it with; "" where it has none of it."""
        for one in self.alternatives:
            if found := one.words if one.is_text else _value(one, values):
                return found
        return ""


@dataclass(frozen=True, slots=True)
class FilledTemplate:
    """Where a file goes: folders below the root, and its name, which is the old one where it is `kept`."""

    folders: tuple[str, ...]
    name: FileName
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """A template as parts of a path, each of texts and blanks."""

    parts: tuple[tuple[str | Blank, ...], ...]
    text: str = field(default="", compare=False)  # as it was written

    @classmethod
    def parse(cls, text: str) -> Template:
        """Read a template. Raises `TemplateError` with the place of what is wrong.

        Which fields there are is not known here: see `checked`.
        """
        return _Reader(text).template()

    def __str__(self) -> str:
        return "/".join("".join(map(_written, part)) for part in self.parts)

    def checked(self, known: Mapping[str, BlankKind]) -> Template:
        """Return it with each alternative told as a field or a text.

        Raises `TemplateError` for what is no field, and for a field where its kind cannot stand.
        """
        text = self.text
        parts = tuple(
            tuple(piece if isinstance(piece, str) else _told(piece, known, text) for piece in part)
            for part in self.parts
        )
        for place, part in enumerate(parts):
            for blank in (piece for piece in part if isinstance(piece, Blank)):
                for one in blank.alternatives:
                    is_path = not one.is_text and known[one.words] is BlankKind.FOLDERS
                    if is_path and (len(part) > 1 or place == len(parts) - 1):
                        _refuse(text, one.at, f"{{{one.words}}} is several folders", "put it between two /")
        return Template(parts, text)

    @property
    def names(self) -> frozenset[str]:
        """The fields that a checked template names."""
        blanks = (piece for part in self.parts for piece in part if isinstance(piece, Blank))
        return frozenset(one.words for blank in blanks for one in blank.alternatives if not one.is_text)

    @property
    def keeps_name(self) -> bool:
        """Whether files keep their names."""
        return str(Template(self.parts[-1:])) == f"{{{NAME}}}{{{EXT}}}"

    def filled(self, values: Mapping[str, FileValue]) -> FilledTemplate:
        """Return where a file goes by a checked template; whatever its values hold, it is below the root.

        A folder without any value is left out, and a file without a new name keeps the old one.
        """
        folders = tuple(name for part in self.parts[:-1] for name in _folders(part, values))
        old = FileName(_text(values.get(NAME, "")), _text(values.get(EXT, "")))
        if self.keeps_name:
            return FilledTemplate(folders, old, kept=True)
        stem = safe(_joined(self.parts[-1][:-1], values))
        ending = old.safe.ending
        if ending and stem.casefold().endswith(ending.casefold()):
            stem = safe(stem[: -len(ending)])  # a title that is a file's name
        return FilledTemplate(folders, FileName(stem, ending) if stem else old, kept=not stem)


def literal(text: str) -> str:
    """Return a text as a template has it: a part of a path that every disk takes."""
    return safe(text).replace("{", "{{").replace("}", "}}")


def _written(piece: str | Blank) -> str:
    return piece.replace("{", "{{").replace("}", "}}") if isinstance(piece, str) else str(piece)


# filling


def _text(value: FileValue) -> str:
    return value if isinstance(value, str) else "/".join(value)


def _value(one: BlankChoice, values: Mapping[str, FileValue]) -> FileValue:
    found = values.get(one.words, "")
    if not one.form or not isinstance(found, str):
        return found.replace("/", "--") if isinstance(found, str) and _is_period(found) else found
    try:
        day = date.fromisoformat(found.partition("/")[0])
    except ValueError:
        return ""
    return re.sub(r"%(.)", lambda match: _DAY_FORMS[match[1]](day), one.form)


def _is_period(value: str) -> bool:
    return bool(re.fullmatch(r"[\d-]{10}/[\d-]{10}", value, re.ASCII))


def _folders(part: Sequence[str | Blank], values: Mapping[str, FileValue]) -> Iterator[str]:
    [only, *others] = part
    if not others and isinstance(only, Blank) and isinstance(found := only.value(values), tuple):
        yield from filter(None, map(safe, found))
    elif name := safe(_joined(part, values)):
        yield name


_TOKENS = regex.compile(
    r"(?P<open>\s*[(\[{]\s*)|(?P<close>\s*[)\]}])|(?P<word>[^\p{P}\p{Z}\s]+)|(?P<gap>[\p{P}\p{Z}\s--()\[\]{}]+)",
    regex.VERSION1,
)


@dataclass(frozen=True, slots=True)
class _FilledPiece:
    """A piece of a part that is filled: word, gap, open, close, value, or empty, a blank without a value."""

    kind: str
    text: str = ""


@lru_cache(1000)
def _pieces(text: str) -> tuple[_FilledPiece, ...]:
    return tuple(_FilledPiece(str(match.lastgroup), match[0]) for match in _TOKENS.finditer(text))


def _joined(part: Iterable[str | Blank], values: Mapping[str, FileValue]) -> str:
    """Return a part with its blanks filled; what parts an empty one from the rest goes with it."""
    tokens: list[_FilledPiece] = []
    for piece in part:
        if isinstance(piece, str):
            tokens += _pieces(piece)
        else:
            value = safe(_text(piece.value(values)))
            tokens.append(_FilledPiece("value", value) if value else _FilledPiece("empty"))
    if all(token.kind != "empty" for token in tokens):
        return "".join(token.text for token in tokens)
    return _without_gaps(_without_brackets(tokens))


def _without_brackets(tokens: Iterable[_FilledPiece]) -> list[_FilledPiece]:
    """Make brackets around nothing but empty blanks empty themselves."""
    kept: list[_FilledPiece] = []
    for token in tokens:
        kept.append(token)
        if token.kind != "close":
            continue
        start = next((at for at in range(len(kept) - 1, -1, -1) if kept[at].kind == "open"), None)
        within = {one.kind for one in kept[start + 1 : -1]} if start is not None else set()
        if "empty" in within and within <= {"empty", "gap"}:
            kept[start:] = [_FilledPiece("empty")]
    return kept


def _without_gaps(tokens: Iterable[_FilledPiece]) -> str:
    """Write tokens: of the gaps around an empty blank the longer one stays, none at an end or a bracket."""
    written, gap, is_empty, before = "", "", False, "open"
    for token in tokens:
        if token.kind == "empty":
            is_empty = True
        elif token.kind == "gap":
            gap = max(gap, token.text, key=len) if is_empty else gap + token.text
        else:
            is_left_out = is_empty and (before == "open" or token.kind == "close")
            written += token.text if is_left_out else gap + token.text
            gap, is_empty, before = "", False, token.kind
    return written if is_empty else written + gap


# reading and checking


def _refuse(text: str, at: int, what: str, remedy: str) -> NoReturn:
    raise TemplateError(f"the template {text!r}, at character {at + 1}: {what}", remedy, at=at)


class _Reader:
    """Reads one template from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._parts: list[list[str | Blank]] = [[]]
        self._begins = [0]  # where each part does

    def template(self) -> Template:
        if len(self._text) > MOST_TEMPLATE_CHARS:
            self._refuse(0, f"it is longer than {MOST_TEMPLATE_CHARS} characters", "make it shorter")
        while self._at < len(self._text):
            self._piece()
        for part, begin in zip(self._parts, self._begins, strict=True):
            self._check(part, begin)
        last = self._parts[-1]
        if last[-1] != Blank((BlankChoice(EXT),)) or len(last) < 2:
            remedy = f"as in {{{NAME}}}{{{EXT}}}, which is the old name"
            self._refuse(len(self._text), f"its last part is a name, which ends in {{{EXT}}}", remedy)
        return Template(tuple(map(tuple, self._parts)), self._text)

    def _piece(self) -> None:
        char, pair = self._text[self._at], self._text[self._at : self._at + 2]
        if pair in ("{{", "}}"):
            self._add(char, 2)
        elif char == "{":
            self._blank()
        elif char == "}":
            self._refuse(self._at, "no { stands before this }", "write }} for a brace itself")
        elif char == "/":
            self._at += 1
            self._parts.append([])
            self._begins.append(self._at)
        elif char in _UNSAFE or not char.isprintable():
            self._refuse(self._at, f"not every disk takes {char!r} in names", "leave it out")
        else:
            self._add(char, 1)

    def _add(self, char: str, width: int) -> None:
        part = self._parts[-1]
        if part and isinstance(part[-1], str):
            part[-1] += char
        else:
            part.append(char)
        self._at += width

    def _blank(self) -> None:
        begin = self._at
        end = self._text.find("}", begin)
        if end < 0:
            self._refuse(begin, "this { has no } behind it", "write {{ for a brace itself")
        inner, found, at = self._text[begin + 1 : end], list[BlankChoice](), begin + 1
        for words in inner.split("|"):
            if found and found[-1].is_text:
                self._refuse(at, f"nothing comes after the text {found[-1]}", "put the text last")
            found.append(self._alternative(words, at))
            at += len(words) + 1
        self._parts[-1].append(Blank(tuple(found)))
        self._at = end + 1

    def _alternative(self, written: str, at: int) -> BlankChoice:
        if any(char in "{/\\" or not char.isprintable() for char in written):
            self._refuse(at, "within braces neither / nor \\ nor { can stand", "close the blank before it")
        if len(written) > 1 and written[0] == written[-1] == '"':
            if '"' in written[1:-1] or not safe(written[1:-1]):
                self._refuse(at, f"{written} is not a text for a name", 'as in {correspondent|"Unknown"}')
            return BlankChoice(written[1:-1], is_text=True, at=at)
        words, colon, form = written.partition(":")
        if not words.strip() or '"' in words:
            self._refuse(at, "the name of a field is missing", f"as in {{{CATEGORY}}}")
        if colon:
            self._check_form(form, at + len(words) + 1)
        return BlankChoice(words.strip(), form, at=at)

    def _check_form(self, form: str, at: int) -> None:
        wrong = set(re.findall(r"%(.)", form + " ")) - _DAY_FORMS.keys()
        if (
            wrong
            or form.replace("%%", "").endswith("%")
            or not re.search("%[^%]", form)
            or any(char in _UNSAFE for char in form)
        ):
            known = " ".join(f"%{letter}" for letter in _DAY_FORMS)
            self._refuse(at, f"{form!r} is not the form of a day", f"as in %Y-%m-%d; there are {known}")

    def _check(self, part: Sequence[str | Blank], begin: int) -> None:
        if not part:
            where = "the template begins with /" if begin == 0 else "there is nothing between or after /"
            self._refuse(begin, where, "name folders below the root, as in {category}/{name}{ext}")
        text = "".join(piece for piece in part if isinstance(piece, str))
        if len(part) == 1 and text and set(text) <= {".", " "}:
            self._refuse(begin, f"{text!r} leads out of the folder or nowhere", "name a folder below it")
        if isinstance(part[0], str) and part[0][0] in ". ":
            self._refuse(begin, "a name begins with a dot or a space", "leave it out")
        if isinstance(part[-1], str) and part[-1][-1] in ". ":
            self._refuse(begin, "a folder ends in a dot or a space", "leave it out")

    def _refuse(self, at: int, what: str, remedy: str) -> NoReturn:
        _refuse(self._text, at, what, remedy)


def _told(blank: Blank, known: Mapping[str, BlankKind], text: str) -> Blank:
    """Return a blank with its alternatives told as fields or texts."""
    *fields, last = blank.alternatives
    for one in fields:
        _check_field(one, known, text, may_be_text=False)
    if last.is_text:
        return blank
    if last.words not in known and fields and not last.form and not _alike(last.words, known):
        last = replace(last, is_text=True)
        if not safe(last.words):
            _refuse(text, last.at, f"{last.words!r} is not a text for a name", "write letters")
    else:
        _check_field(last, known, text, may_be_text=bool(fields))
    return Blank((*fields, last))


def _check_field(one: BlankChoice, known: Mapping[str, BlankKind], text: str, *, may_be_text: bool) -> None:
    if one.words not in known:
        close = _alike(one.words, known)
        as_text = f' Where you mean the word, write "{one.words}".' if may_be_text else ""
        remedy = f"did you mean {close}?{as_text}" if close else f"there are {', '.join(sorted(known))}"
        _refuse(text, one.at, f"there is no field {one.words!r}", remedy)
    if one.form and known[one.words] is not BlankKind.DAY:
        days = ", ".join(sorted(name for name, kind in known.items() if kind is BlankKind.DAY))
        _refuse(text, one.at, f"{one.words} is no day", f"leave its form out; days are {days}")


def _alike(words: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(words.casefold(), known, n=1, cutoff=_LIKE_A_FIELD)
    return found[0] if found else ""
