"""The parts of an RTF document that stand beside its text, put where they are read: still as RTF.

The reader of RTF's words leaves out comments, notes, heads and boxes with all that is no text; here they are
taken out of their groups and written behind the paragraph, or at the end.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field

from twolane.extract.base import Draft, SourceFile
from twolane.extract.readers.office.embedded import embedded_file

_TOKEN = re.compile(r"\\([a-z]{1,32})(-?\d{1,9})?[ ]?|\\'[0-9a-f]{2}|\\[^a-z]|[{}]|[^\\{}]+", re.I)
_TO_OPEN = re.compile(
    r"\\(?:annotation|footnote|header[lrf]?|footer[lrf]?|shptxt|dptxbxtext|pntext|object|formfield|deleted"
    r"|picprop|sn)(?![a-z])"
)
_CELL = re.compile(r"(?<!\\)\\(?:nest)?cell(?![a-z])[ ]?")
_NOTES = frozenset({"footnote"})
_HEADS = frozenset({"header", "headerl", "headerr", "headerf"})
_FEET = frozenset({"footer", "footerl", "footerr", "footerf"})
_BOXES = frozenset({"shptxt", "dptxbxtext"})
_TAKEN = _NOTES | _HEADS | _FEET | _BOXES | {"annotation", "atnauthor", "objdata", "formfield", "sn", "sv"}
_PLAIN = frozenset({"pntext", "object", "result", "shp", "shpinst", "do"})  # what is in them is read
_ENDS = frozenset({"par", "row", "sect", "page", "cell"})
_LEFT_OUT = frozenset({"shprslt", "atnid", "atnref", "atndate", "atrfstart", "atrfend", "pict", "themedata"})
_CHECKED = 50_000
_MOST_FILES = 50
_NO_RESULT = "25"  # of a form's field: what it shows is the value that it began with
_TICKED, _UNTICKED = r"\u9746?", r"\u9744?"
_DESCRIPTION = "wzDescription"


@dataclass(slots=True)
class _RtfGroup:
    """A group that is open: what it is, and where what stands in it is written."""

    kind: str
    sink: list[str]
    is_kept: bool = True
    is_deleted: bool = False
    is_new: bool = True  # no word stood in it by now
    star: str = ""  # the mark of a group that may be skipped
    after: str = ""
    words: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class RtfParts:
    """What is taken out of the groups of a document."""

    draft: Draft
    body: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    feet: list[str] = field(default_factory=list)
    heads: set[str] = field(default_factory=set)
    files: list[SourceFile] = field(default_factory=list)
    lost: int = 0
    author: str = ""
    property: str = ""
    groups: list[_RtfGroup] = field(default_factory=list)

    def opened(self, rtf: str) -> str:
        """Return RTF whose parts stand in its text."""
        rtf = _CELL.sub(r"\\tab ", rtf)
        if not _TO_OPEN.search(rtf):
            return rtf
        self.groups = [_RtfGroup("", self.body)]
        at = count = 0
        while token := _TOKEN.match(rtf, at):
            at, count = token.end(), count + 1
            if count % _CHECKED == 0 and self.draft.out_of_time():
                self.draft.share *= at / len(rtf)
                break
            word = token[1]
            if word == "bin":
                at += min(len(rtf), int(token[2] or 0))
            else:
                self._take(token[0], word, token[2] or "")
        while len(self.groups) > 2:
            self._close()
        text = "".join(self.body).rstrip().removesuffix("}")
        return text + "".join(f"\\par {one}" for one in [*self.pending, *self.notes, *self.feet]) + "}"

    def _take(self, text: str, word: str | None, number: str) -> None:
        group = self.groups[-1]
        if text == "{":
            self.groups.append(_RtfGroup(group.kind, group.sink, group.is_kept, group.is_deleted))
            group.sink.append("{" if group.is_kept else "")
        elif text == "}":
            if len(self.groups) > 1:
                self._close()
        elif group.is_new and text == "\\*":
            group.star = text
        elif group.is_new and word:
            group.is_new = False
            self._begin(group, word, text, number)
        else:
            group.is_new = False
            self._write(group, text, word, number)

    def _begin(self, group: _RtfGroup, word: str, text: str, number: str) -> None:
        """Take the first word of a group, which may say what the group is."""
        if word in _BOXES and not group.is_kept:
            return  # what stands there for older programs repeats a box
        if word in _TAKEN:
            group.kind, group.sink = word, []
            group.is_kept = True
        elif word in _LEFT_OUT:
            group.is_kept = False
        elif word not in _PLAIN:
            self._write(group, group.star + text, word, number)

    def _write(self, group: _RtfGroup, text: str, word: str | None, number: str) -> None:
        if word == "deleted":
            group.is_deleted = number != "0"
        elif word == "plain":
            group.is_deleted = False
        if word:
            group.words[word] = number
        if word in {"fftype", "ffres", "ffdefres"}:
            for around in reversed(self.groups):
                if around.kind == "formfield":
                    around.words[word] = number
        is_shown = group.is_kept and (word is not None or not group.is_deleted)
        if is_shown and not (group.is_deleted and word == "u"):
            group.sink.append(text)
        if word in _ENDS and self.pending and not group.kind:
            group.sink += [f"{{{one}\\par}}" for one in self.pending]
            self.pending.clear()

    def _close(self) -> None:
        group = self.groups.pop()
        around = self.groups[-1]
        if group.kind == around.kind and group.sink is around.sink:
            group.sink.append("}" + group.after if around.is_kept else "")
            return
        around.sink.append("}" if around.is_kept else "")
        content = "".join(group.sink)
        if group.kind == "annotation":
            who = f" by {self.author}" if self.author else ""
            self.pending.append(f"[Comment{who}: {_in_line(content)}]")
        elif group.kind == "atnauthor":
            self.author = content.strip()
        elif group.kind in _NOTES:
            self.notes.append(f"[{len(self.notes) + 1}] {{{content}}}")
            around.sink.append(f"[{len(self.notes)}]")
        elif group.kind in _HEADS | _FEET:
            self._put_side(group.kind, content, around)
        elif group.kind in _BOXES:
            self.pending.append(f"{{{content}}}")
        elif group.kind == "formfield":
            self._put_field(group.words)
        elif group.kind == "sn":
            self.property = content.strip()
        elif group.kind == "sv" and self.property == _DESCRIPTION:
            self.pending.append(f"Picture: {content}")
        elif group.kind == "objdata":
            self._take_file(content)

    def _put_side(self, kind: str, content: str, around: _RtfGroup) -> None:
        if content in self.heads:
            return
        self.heads.add(content)
        if kind in _HEADS:
            around.sink.append(f"{{{content}\\par}}")
        else:
            self.feet.append(f"{{{content}}}")

    def _put_field(self, words: dict[str, str]) -> None:
        """Write the box of a form's field; what the others show stands in the text."""
        if words.get("fftype") != "1":
            return
        result = words.get("ffres", _NO_RESULT)
        result = words.get("ffdefres", "0") if result == _NO_RESULT else result
        for around in reversed(self.groups):
            if "field" in around.words or around is self.groups[0]:
                around.after = _TICKED if result == "1" else _UNTICKED
                return

    def _take_file(self, digits: str) -> None:
        """Take an embedded object: [MS-OLEDS] 2.2.5, two numbers, three names, and the data."""
        try:
            data = bytes.fromhex("".join(digits.split()))
            at = 8
            for _ in range(3):
                at += 4 + int(struct.unpack_from("<I", data, at)[0])
            (size,) = struct.unpack_from("<I", data, at)
            file = embedded_file(data[at + 4 : at + 4 + size], "object")
        except (ValueError, struct.error):
            file = None
        if file is None or len(self.files) >= _MOST_FILES:
            self.lost += 1
        else:
            self.files.append(file)


def _in_line(content: str) -> str:
    return re.sub(r"\\par(?![a-z])", " ", content)
