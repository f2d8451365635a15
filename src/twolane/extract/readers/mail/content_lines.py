"""The lines of calendars and contact cards: a name, parameters and a value (RFC 5545, RFC 6350)."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from twolane.extract.readers.text import decode

_FOLD = re.compile(r"\n[ \t]")
_ESCAPED = re.compile(r"\\(.)", re.S)
_FOLDED_BYTES = re.compile(rb"\r?\n[ \t]")
_OLD_CARD = re.compile(rb"^VERSION:2\.1\b", re.M)  # in which the space that begins a folded line counts
_FOLDED_OLD = re.compile(rb"(?<!=)\r?\n(?=[ \t])")
_FOLDED_QUOTE = re.compile(r"=(?==[0-9A-Fa-f]{2})")  # a soft line end that was folded, too
_CARET = re.compile(r"\^([n'^])")  # RFC 6868
_HEAD_CHARS = 20_000
_DEPTH_LIMIT = 10
_BINARY = frozenset({"BASE64", "B"})


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One line: the name in capitals and without its group, the parameters by their names in capitals."""

    name: str
    parameters: Mapping[str, str]
    value: str
    group: str = ""  # by which lines of a card belong together

    def content(self) -> bytes:
        """Return the file that a line holds."""
        try:
            return base64.b64decode("".join(self.value.split()), validate=False) if self.is_binary else b""
        except (binascii.Error, ValueError):
            return b""

    @property
    def is_binary(self) -> bool:
        return self.parameters.get("ENCODING", "").upper() in _BINARY

    def text(self) -> str:
        """Return the value without its escapes."""
        return unescaped(self.value)

    def parts(self) -> list[str]:
        """Return the values of a structured one, such as a name or an address."""
        return [unescaped(part) for part in re.split(r"(?<!\\);", self.value)]


@dataclass(frozen=True, slots=True)
class Component:
    """What stands between BEGIN and END: its kind, such as VEVENT, and the lines of none within it."""

    kind: str
    lines: Sequence[ContentLine]

    def line(self, *names: str) -> ContentLine | None:
        """Return the first line of these names, the first name before the others."""
        for name in names:
            for line in self.lines:
                if line.name == name and line.value.strip():
                    return line
        return None

    def text(self, *names: str) -> str:
        """Return the text of the first line of these names, or the empty string."""
        line = self.line(*names)
        return line.text().strip() if line else ""

    def all(self, name: str) -> list[ContentLine]:
        """Return all lines of a name."""
        return [line for line in self.lines if line.name == name and line.value.strip()]


def unescaped(value: str) -> str:
    """Return a value as it is meant: without its backslashes, with line ends for "\\n"."""
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def components(text: str) -> list[Component]:
    """Return all components in the order in which they begin; one that is cut off ends with the text."""
    found: list[Component] = []
    open_: list[list[ContentLine]] = []
    for line in content_lines(text):
        if line.name == "BEGIN":
            own: list[ContentLine] = []
            found.append(Component(line.value.strip().upper(), own))
            open_.append(own)
            del open_[:-_DEPTH_LIMIT]
        elif line.name == "END":
            del open_[-1:]
        elif open_:
            open_[-1].append(line)
    return found


def content_lines(text: str) -> Iterator[ContentLine]:
    """Yield the lines of a text, unfolded; what is no such line is left out."""
    lines = iter(_FOLD.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n"))
    for raw in lines:
        head, value = _split(raw)
        if not head:
            continue
        parameters = dict(map(_parameter, head[1:]))
        if parameters.get("ENCODING", "").upper() == "QUOTED-PRINTABLE":
            pieces = [value]
            while pieces[-1].endswith("="):  # a soft line end of vCard 2.1, which folds otherwise
                pieces.append(next(lines, ""))
            pieces = [_FOLDED_QUOTE.sub("", piece) for piece in pieces]
            value = _unquoted("\n".join(pieces), parameters.get("CHARSET", ""))
        group, _, name = head[0].rpartition(".")
        yield ContentLine(name.strip().upper(), parameters, value, group.strip().upper())


def _unquoted(value: str, charset: str) -> str:
    data = quopri.decodestring(value.encode("utf-8", "replace"))
    # The semicolons of structured values are not quoted; line ends are, and would break the line else.
    return decode(data, charset)[0].replace("\r\n", "\n").replace("\n", "\\n")


def unfolded(data: bytes) -> bytes:
    """Return the bytes of lines without folds, which some programs make within a letter."""
    if b"\0" in data[:100]:
        return data
    if b"VERSION:2.1" in data and len(_OLD_CARD.findall(data)) == data.count(b"BEGIN:VCARD"):
        return _FOLDED_BYTES.sub(b"", _FOLDED_OLD.sub(b"", data))
    return _FOLDED_BYTES.sub(b"", data)


def _uncareted(match: re.Match[str]) -> str:
    return {"n": "\n", "'": '"'}.get(match[1], "^")


def _split(raw: str) -> tuple[list[str], str]:
    """Return the name with its parameters, and the value after the first colon outside of quotes."""
    head, start, is_quoted = [], 0, False
    for at, char in enumerate(raw[:_HEAD_CHARS]):
        if char == '"':
            is_quoted = not is_quoted
        elif char in ";:" and not is_quoted:
            head.append(raw[start:at])
            start = at + 1
            if char == ":":
                return head, raw[start:]
    return [], ""


def _parameter(text: str) -> tuple[str, str]:
    """Return a parameter's name and value; vCard 2.1 writes some without their names."""
    name, equals, value = text.partition("=")
    if equals:
        return name.strip().upper(), _CARET.sub(_uncareted, value.replace('"', "")).strip()
    known = name.strip().upper()
    return ("ENCODING" if known in {"QUOTED-PRINTABLE", *_BINARY} else "TYPE"), known
