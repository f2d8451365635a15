"""XML parsed so that nothing in it can grow, be fetched or be run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused

# An entity whose value names another entity: ten lines of these make gigabytes.
_NESTED_ENTITY = re.compile(rb"""<!ENTITY\s[^>]{0,400}?["'][^"'>]{0,4000}[&%][A-Za-z_][^"'>]*["']""")
_DTD_BYTES = 65_536
_WALK_CHECK = 20_000


def parse_xml(data: bytes) -> Any:
    """Return the root element, or None where there is no element at all; damaged XML is mended.

    Entities stay unexpanded, no DTD and no address is opened. Raises Refused for entity bombs.
    """
    from lxml import etree

    if _NESTED_ENTITY.search(data[:_DTD_BYTES]):
        raise Refused(ReadStatus.TOO_LARGE, "refused: its XML entities multiply (a 'billion laughs' bomb)")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(data, parser)


def walk(root: Any, draft: Draft) -> Iterator[tuple[str, Any, Any]]:
    """Yield ("start" or "end", element, walker) in reading order, and stop early when the time is over.

    The walker's `skip_subtree` leaves out what is below the element that was just yielded.
    """
    from lxml import etree

    walker = etree.iterwalk(root, events=("start", "end"))
    for count, (event, element) in enumerate(walker, 1):
        if count % _WALK_CHECK == 0 and draft.out_of_time():
            draft.share *= min(1.0, count / 2 / float(root.xpath("count(descendant-or-self::*)")))
            return
        yield event, element, walker


def local(element: Any) -> str:
    """Return an element's name without its namespace; entities and the like have none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str:
    """Return the attribute of that local name, whatever its namespace, or the empty string."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def local_name(key: Any) -> str:
    return str(key).rpartition("}")[2]
