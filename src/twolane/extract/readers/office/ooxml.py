"""The parts of an OOXML package and how they refer to each other (ECMA-376 part 2, 9.3)."""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import attribute, local, parse_xml

_RELATIONS_LIMIT_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class PartRelation:
    """What a part refers to: the kind of it, and the part's name or an address outside the package."""

    kind: str
    target: str
    is_outside: bool = False


@dataclass(frozen=True, slots=True)
class OfficePart:
    """A part of a package, with its relations by their ids."""

    package: zipfile.ZipFile
    name: str
    relations: Mapping[str, PartRelation] = field(default_factory=dict)

    def xml(self) -> Any:
        """Return its root element; None where the part is missing or has no element."""
        return xml_part(self.package, self.name)

    def named(self, identity: str) -> OfficePart | None:
        """Return the part of a relation's id, or None where the package has none."""
        relation = self.relations.get(identity)
        if relation is None or relation.is_outside or relation.target not in self.package.NameToInfo:
            return None
        return open_part(self.package, relation.target)

    def of_kind(self, kind: str) -> Iterator[OfficePart]:
        """Yield the parts that this one refers to by a kind of relation, each once."""
        names = dict.fromkeys(one.target for one in self.relations.values() if one.kind == kind)
        yield from (open_part(self.package, name) for name in names if name in self.package.NameToInfo)


def open_part(package: zipfile.ZipFile, name: str) -> OfficePart:
    """Return a part by its name."""
    folder, file = posixpath.split(name)
    root = xml_part(package, posixpath.join(folder, "_rels", f"{file}.rels"), _RELATIONS_LIMIT_BYTES)
    found = {}
    for relation in root if root is not None else ():
        target = str(relation.get("Target", ""))
        is_outside = relation.get("TargetMode") == "External"
        if not is_outside:
            target = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
        kind = str(relation.get("Type", "")).rpartition("/")[2]
        found[str(relation.get("Id", ""))] = PartRelation(kind, target, is_outside)
    return OfficePart(package, name, found)


def main_part(package: zipfile.ZipFile, usual: str) -> OfficePart:
    """Return the part that the package says is the document; the usual one where it does not say."""
    try:
        root = xml_part(package, "_rels/.rels")
    except (zipfile.BadZipFile, zlib.error):
        root = None
    for relation in root if root is not None else ():
        target = str(relation.get("Target", "")).lstrip("/")
        if str(relation.get("Type", "")).endswith("/officeDocument") and target in package.NameToInfo:
            return open_part(package, target)
    return open_part(package, usual)


def xml_part(package: zipfile.ZipFile, name: str, limit_bytes: int = 0) -> Any:
    """Return the root element of a part, or None where there is none."""
    if name not in package.NameToInfo:
        return None
    return parse_xml(read_part(package, name, limit_bytes) if limit_bytes else read_part(package, name))


def relation_id(element: Any, name: str = "id") -> str:
    """Return the relation that an element names; beside it, an attribute of its own may be called id, too."""
    for key, value in element.attrib.items():
        if key.startswith("{") and key.rpartition("}")[2] == name and "relationships" in key:
            return str(value)
    return attribute(element, name)


def children(element: Any, name: str) -> Iterator[Any]:
    """Yield the children of a local name; none of None."""
    return (e for e in (element if element is not None else ()) if local(e) == name)


def child(element: Any, name: str) -> Any:
    """Return the first child of a local name, or None."""
    return next(children(element, name), None)


def value(element: Any, name: str) -> str:
    """Return what the child of a local name says in its attribute val, or the empty string."""
    found = child(element, name)
    return attribute(found, "val") if found is not None else ""
