"""What a page of HTML says of itself for machines: its head, and the things of schema.org within it.

JSON-LD 1.1 in scripts, and HTML microdata. Shops and airlines put their invoices and bookings into mails so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from twolane.extract.base import Draft
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

_SCRIPT_LIMIT, _SCRIPT_CHARS = 20, 1 << 20
_THING_LIMIT, _DEPTH_LIMIT = 200, 12
_PROPERTY_LIMIT = 1000
_HEAD = (
    (TITLE, ("og:title", "dc.title", "dcterms.title", "citation_title")),
    (
        DATE,
        (
            "article:published_time",
            "datepublished",
            "dcterms.date",
            "dc.date",
            "dcterms.created",
            "citation_publication_date",
            "date",
        ),
    ),
    (CORRESPONDENT, ("og:site_name", "dc.publisher", "dcterms.publisher")),
)
_PAPERS = frozenset({"Invoice", "Order", "ParcelDelivery"})
_TEXTS = frozenset(
    {"Article", "NewsArticle", "BlogPosting", "Report", "TechArticle", "ScholarlyArticle", "WebPage"}
)
# Where schema.org keeps what we call otherwise; the first that is there is taken.
_OF_PAPERS = (
    (CORRESPONDENT, ("provider", "seller", "merchant", "broker", "carrier")),
    ("number", ("confirmationNumber", "orderNumber", "reservationNumber", "reservationId", "trackingNumber")),
    (DATE, ("orderDate", "bookingTime", "bookingDate")),
    ("total_due", ("totalPaymentDue", "totalPrice", "price")),
    ("due_date", ("paymentDueDate", "paymentDue")),
    ("customer_number", ("accountId",)),
    ("start_date", ("checkinTime", "checkinDate", "startTime", "pickupTime")),
    ("end_date", ("checkoutTime", "checkoutDate", "endTime", "dropoffTime")),
)
_OF_TEXTS = (
    (TITLE, ("headline", "name")),
    (DATE, ("datePublished", "dateCreated")),
    (CORRESPONDENT, ("publisher", "author")),
)

Thing = dict[str, Any]


def state_page(tree: Any, draft: Draft) -> None:
    """State what the head of a page says, and what the things in it say."""
    head: dict[str, str] = {}
    for node in tree.css("meta[content]")[:_PROPERTY_LIMIT]:
        key = node.attributes.get("property") or node.attributes.get("name") or ""
        head.setdefault(key.lower(), node.attributes.get("content") or "")
    for name, keys in _HEAD:
        draft.state(name, next((head[key] for key in keys if head.get(key)), ""), Origin.PAGE)
    state_things(tree, draft)


def state_things(tree: Any, draft: Draft) -> None:
    """State what the papers and texts say that a page describes as things of schema.org."""
    for thing in [*_things_of_scripts(tree), *_things_of_markup(tree)][:_THING_LIMIT]:
        kinds = {str(kind).rpartition("/")[2] for kind in _listed(thing.get("@type"))}
        if kinds & _PAPERS or any(kind.endswith("Reservation") for kind in kinds):
            _state_thing(thing, _OF_PAPERS, draft)
        elif kinds & _TEXTS:
            _state_thing(thing, _OF_TEXTS, draft)


def _state_thing(thing: Thing, table: tuple[tuple[str, tuple[str, ...]], ...], draft: Draft) -> None:
    for name, keys in table:
        value = next((thing[key] for key in keys if thing.get(key)), None)
        currency = thing.get("priceCurrency")
        draft.state(name, _said(value, currency if name == "total_due" else ""), Origin.PAGE_DATA)


def _said(value: Any, currency: Any = "") -> str:
    """Return a property as text: a thing's name, or a sum with its currency."""
    value = next(iter(_listed(value)), "")
    if not isinstance(value, dict):
        return f"{value} {currency or ''}".strip()
    amount = value.get("price", value.get("value", value.get("minPrice")))
    if amount is not None and not isinstance(amount, dict | list):
        return f"{amount} {value.get('priceCurrency') or value.get('currency') or currency or ''}".strip()
    return str(value.get("name") or "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


def _things_of_scripts(tree: Any) -> Iterator[Thing]:
    for node in tree.css('script[type="application/ld+json"]')[:_SCRIPT_LIMIT]:
        text = node.text() or ""
        if len(text) > _SCRIPT_CHARS:
            continue
        try:
            yield from _flat(json.loads(text))
        except (ValueError, RecursionError):
            continue


def _flat(value: Any) -> Iterator[Thing]:
    """Yield the things of a document of JSON-LD that stand on their own."""
    waiting = [(value, 0)]
    while waiting:
        one, depth = waiting.pop(0)
        if isinstance(one, list) and depth < _DEPTH_LIMIT:
            waiting += [(item, depth + 1) for item in one[:_THING_LIMIT]]
        elif isinstance(one, dict):
            yield one
            if "@graph" in one and depth < _DEPTH_LIMIT:
                waiting.append((one["@graph"], depth + 1))


def _things_of_markup(tree: Any) -> list[Thing]:
    """Return the things that microdata describe: each property belongs to the nearest thing around it."""
    things: dict[int, Thing] = {}
    for node in tree.css("[itemscope][itemtype]")[:_THING_LIMIT]:
        things[node.mem_id] = {"@type": node.attributes.get("itemtype") or ""}
    outer = []
    for node in tree.css("[itemprop]")[:_PROPERTY_LIMIT] if things else ():
        owner = node.parent
        while owner is not None and owner.mem_id not in things:
            owner = owner.parent
        if owner is not None:
            value = things.get(node.mem_id) or _text_of(node)
            things[owner.mem_id].setdefault(node.attributes.get("itemprop") or "", value)
        if node.mem_id in things:
            outer.append(node.mem_id)
    return [thing for key, thing in things.items() if key not in outer]


def _text_of(node: Any) -> str:
    attributes = node.attributes
    said = attributes.get("content") or attributes.get("datetime") or attributes.get("value")
    return said or " ".join((node.text() or "").split())
