"""Which parts of an Office package belong to another: its relations."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from urllib.parse import unquote

from twolane.extract.readers.archive import read_part
from twolane.extract.readers.markup.xml import attribute, local, parse_xml

_RELATIONS_BYTES = 4 << 20
_MOST_RELATIONS = 10_000


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation of a part: its id, its kind such as "comments", and the name of the other part."""

    id: str
    kind: str
    part: str


def relations(package: zipfile.ZipFile, part: str) -> list[Relation]:
    """Return the relations of a part to others that are in the package, in order."""
    folder, name = posixpath.split(part)
    listing = posixpath.join(folder, "_rels", f"{name}.rels")
    if listing not in package.NameToInfo:
        return []
    root = parse_xml(read_part(package, listing, _RELATIONS_BYTES))
    found: list[Relation] = []
    for element in root if root is not None else ():
        if local(element) != "Relationship" or attribute(element, "TargetMode") == "External":
            continue
        target = unquote(attribute(element, "Target"))
        other = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        kind = attribute(element, "Type").rpartition("/")[2]
        if other in package.NameToInfo and len(found) < _MOST_RELATIONS:
            found.append(Relation(attribute(element, "Id"), kind, other))
    return found
