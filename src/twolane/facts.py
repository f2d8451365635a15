"""Facts: what is known of a document beside its category, as the values of its fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

DATE = "date"
CORRESPONDENT = "correspondent"
TITLE = "title"
LANGUAGE = "language"

# a value of less confidence is a guess: see docs/why/fields.md#a-guess-is-shown-and-acted-on-by-nobody
GUESS_BELOW = 0.5


class FieldType(StrEnum):
    """What the values of a field are, and how they are written once they are normalised."""

    TEXT = "text"  # one line
    NAME = "name"  # a person or an organisation; of several parties "A; B"
    DATE = "date"  # 2025-03-31
    PERIOD = "period"  # 2025-01-01/2025-03-31
    AMOUNT = "amount"  # "571.04 EUR", or "571.04" where the currency is not known
    QUANTITY = "quantity"  # a decimal number: 12.5
    NUMBER = "number"  # what identifies a paper: RE-2018/507
    IBAN = "iban"  # without spaces
    VAT_ID = "vat_id"  # with the country in front, without spaces
    LANGUAGE = "language"  # ISO 639-1


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """A field that documents have: `labels` are words that stand before its value in them.

    It is `usual` where nearly every document that it is asked of has a value: there it pays to ask a model.
    """

    id: str
    name: str
    type: FieldType
    description: str = ""
    examples: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    usual: bool = True


class FieldSource(StrEnum):
    """Where a field's value comes from, cheapest first."""

    FILE = "file"  # the file itself says so: a mail's header, an invoice's XML, a picture's EXIF
    PATTERN = "pattern"  # what such papers write, and where
    SENDER = "sender"  # where a person found it in another paper of the same sender
    MODEL = "model"
    PERSON = "person"

    @property
    def words(self) -> str:
        """The source as people read it."""
        return {"file": "the file itself", "model": "small model"}.get(self.value, self.value)


@dataclass(frozen=True, slots=True)
class TextSpan:
    """Characters `start` to `end` of a page's text; pages count from 1."""

    page: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FieldValue:
    """A value of one field of a document.

    `value` is normalised as its type says, and `words` are the document's own; `value` is "" where a person
    said that the document has none. `confidence` is the probability that it is right, 0 to 1. `before` is
    what stands before it in the same line: its label, by which the same sender's next paper is read.
    """

    field: str
    value: str
    confidence: float
    source: FieldSource
    words: str = ""
    place: TextSpan | None = None
    reason: str = ""
    before: str = ""

    @property
    def is_guess(self) -> bool:
        """Whether it is shown as a guess alone: no list, filter or correspondent follows from it."""
        return self.confidence < GUESS_BELOW


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """A field that a document can have, and its value; None where none is known."""

    spec: FieldSpec
    value: FieldValue | None = None


@dataclass(frozen=True, slots=True)
class AskedField:
    """A field that there is, with the ids of the categories that ask for it."""

    spec: FieldSpec
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldDecision:
    """A person's decision on a field, kept for as long as the document.

    `by` is who decided, "" where that is not known; `at` and `undone_at` are in seconds since the epoch,
    `undone_at` is 0 where it was not taken back.
    """

    value: FieldValue
    by: str = ""
    at: float = 0.0
    undone_at: float = 0.0


class Origin(StrEnum):
    """Where a file says something of itself, as people read it."""

    INVOICE = "invoice XML"
    INVOICE_OTHERWISE = "invoice XML that its pages contradict"
    INVOICE_ATTACHED = "invoice XML of an attachment"
    MAIL = "mail header"
    MAIL_DOUBTED = "mail header that its route contradicts"
    CALENDAR = "calendar entry"
    CARD = "contact card"
    PAGE_DATA = "data within the page"
    PAGE = "head of the page"
    HEADING = "heading"
    LARGEST = "largest letters"
    PROPERTIES = "document properties"
    PDF = "PDF properties"
    PICTURE = "camera"
    LETTERS = "its letters"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a file says of itself outside its text: `field` is any field's id, `value` as the file has it.

    `origin` says to people where it stands: an `Origin`, from which follows how far it is believed.
    """

    field: str
    value: str
    origin: str


class MarkKind(StrEnum):
    """What tells one sender from all others."""

    IBAN = "iban"
    VAT_ID = "vat_id"
    MAIL = "mail"  # an address
    SITE = "site"  # a domain, without www.
    PHONE = "phone"  # its digits


# what papers hardly ever have of anybody but their sender; they mention others' sites and telephones
STRONG_MARKS = frozenset({MarkKind.IBAN, MarkKind.VAT_ID, MarkKind.MAIL})


@dataclass(frozen=True, slots=True)
class SenderMark:
    """Something in a document that belongs to one sender alone."""

    kind: MarkKind
    mark: str


@dataclass(frozen=True, slots=True)
class Correspondent:
    """Whom documents are from: one person or organisation, however its name is written in them.

    `names` are all its spellings, and `documents` counts what it has sent.
    """

    correspondent_id: int
    name: str
    names: tuple[str, ...] = ()
    documents: int = 0


@dataclass(frozen=True, slots=True)
class FieldCondition:
    """A part of a filter: a document passes where its field's value is within bounds, both included.

    They are normalised as the field's type says, and "" is no bound; an amount is compared as a number,
    within the currency of the bound where it names one; all else as text. Equal bounds ask for a value.
    """

    field: str
    least: str = ""
    most: str = ""
