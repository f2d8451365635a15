"""The values of an answer: its events as they come, what they rest on, and the turns before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path

from twolane.documents import FoundPassage
from twolane.facts import TextSpan


@dataclass(frozen=True, slots=True)
class Source:
    """A passage that the chat model was given under the number [`number`]."""

    number: int
    passage: FoundPassage


@dataclass(frozen=True, slots=True)
class SourcesEvent:
    """The passages an answer may cite, sent before its first word."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class TextEvent:
    """The next piece of the answer's text."""

    text: str


class CitationStatus(StrEnum):
    """How far a cited passage states what the answer says."""

    VERIFIED = "verified"  # its every number, date, amount and name stands there, under the label asked for
    WEAK = "weak"  # the passage speaks of it, and something of it does not stand there


@dataclass(frozen=True, slots=True)
class CitationEvent:
    """The answer has just cited source [`number`].

    `spans` are the characters of the source's page that state what is said: of the page's text as the
    library has it, so that they can be marked there.
    """

    number: int
    status: CitationStatus = CitationStatus.VERIFIED
    spans: tuple[TextSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class StatedValue:
    """What one document states, in its own words, where another states something else."""

    value: str
    passage: FoundPassage
    dated_at: date | None = None


@dataclass(frozen=True, slots=True)
class ContradictionEvent:
    """Versions of a document, or documents alike, state different values; the newest first."""

    values: tuple[StatedValue, ...]


class RefusalCause(StrEnum):
    """Why a question got no answer from the files."""

    NOTHING_FOUND = "nothing_found"  # nothing in the files speaks of it: no model was asked
    NOT_ANSWERED = "not_answered"  # the passages were read, and do not answer it
    UNPROVEN = "unproven"  # the model said something that none of the passages states: it is shown as that
    UNCLEAR = "unclear"  # it holds nothing to look for: the user is asked what is meant


class UnreadCause(StrEnum):
    """Why the text of files is not in the index."""

    SCAN = "scan"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    TOO_LARGE = "too_large"
    FAILED = "failed"  # its job was given up
    WAITING = "waiting"  # it has not been read yet


@dataclass(frozen=True, slots=True)
class UnreadFiles:
    """How many files are not read for one reason: what they say is in no answer."""

    cause: UnreadCause
    files: int


@dataclass(frozen=True, slots=True)
class AskedFilter:
    """One thing that narrows the files a question is about, read out of it or chosen by the user.

    `kind` is "category", "date", "correspondent", "kind", "folder", "language", "amount", "tag" or "name".
    `value` is canonical, as `Filter` has it: a category's id, "2025-01-01/2025-12-31", a correspondent's
    number, "application/pdf", a path, "de", "total_due>=100 EUR". `label` is for people, and `words` are the
    question's own, "" where it comes from the conversation or the user.
    """

    kind: str
    value: str
    label: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class FiltersEvent:
    """What was read out of the question: sent first, so that the user sees it and can take it away."""

    filters: tuple[AskedFilter, ...]


@dataclass(frozen=True, slots=True)
class QuestionEvent:
    """A follow-up, as the full question that was searched for."""

    question: str


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """The question waits in line: place 1 is next, and 0 says that its turn has come after all."""

    place: int
    waited_s: float


@dataclass(frozen=True, slots=True)
class InterruptedEvent:
    """The model broke off in the middle of its answer: the text goes on from there once a server is ready."""

    why: str


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A file that a catalogue answer counts, with what it was counted by.

    `amount` is that of the field asked for, such as "571.04 EUR", and `page` where it stands; "" and 0 where
    none was asked for or is known. `place` is what people call that, "" without numbered pages. With `review`
    it waits for a person to say whether its category is right.
    """

    file_id: int
    path: Path
    title: str
    category: str
    dated_at: date | None
    correspondent: str
    amount: str = ""
    document: str = ""
    page: int = 0
    review: bool = False
    place: str = ""


@dataclass(frozen=True, slots=True)
class CatalogueEvent:
    """An answer from the catalogue by a checked query, not from passages.

    `intent` is "count", "list", "sum", "average", "latest", "earliest", "largest" or "smallest". `rows` are
    at most 50 of the `total` that pass, and `totals` are sums or averages, one a currency. `unread` are
    files that may belong to them and were not read, `unreviewed` counts those among them that wait for a
    person, and `without_value` those whose amount or date is not known.
    """

    intent: str
    rows: tuple[CatalogueRow, ...]
    total: int
    totals: tuple[str, ...] = ()
    unread: tuple[UnreadFiles, ...] = ()
    unreviewed: int = 0
    without_value: int = 0


@dataclass(frozen=True, slots=True)
class RefusalEvent:
    """The files do not answer the question; `reason` says so to the user, in the question's language.

    `unread` are the files that could not be looked at.
    """

    reason: str
    cause: RefusalCause = RefusalCause.NOT_ANSWERED
    unread: tuple[UnreadFiles, ...] = ()


class ExtractsCause(StrEnum):
    """Why places of the files stand where a model's answer would."""

    NO_MODEL = "no_model"  # the chat lane is set up without one
    LOADING = "loading"  # it is not in memory yet: its answer follows
    NOT_ANSWERING = "not_answering"  # it cannot be reached, or has failed before its first word


@dataclass(frozen=True, slots=True)
class ExtractsEvent:
    """No model answers, or none yet: the text that follows are the places that fit the question best.

    They are quoted with citations as in any answer. A further `SourcesEvent` takes them back, since the
    model answers after all.
    """

    cause: ExtractsCause


@dataclass(frozen=True, slots=True)
class ErrorEvent:
    """The answer ended in an error; what was streamed before it is incomplete."""

    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The end of an answer: the whole text, the sources it cited, and its costs.

    `cited` are the sources in order of their first citation, `citations` all citations in that of the text.
    `cut` says that the text ends where the model had no more tokens, not where it had no more to say.
    `extracts` says why the text is made of extracts, where it is, and `waiting_files` how many files that may
    say more have not been read yet; a refusal has said so already.
    """

    text: str
    cited: tuple[int, ...] = ()
    refused: bool = False
    cut: bool = False
    extracts: ExtractsCause | None = None
    waiting_files: int = 0
    first_token_s: float = 0.0
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    citations: tuple[CitationEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationEvent:
    """The conversation that keeps the answer, and the number of the turn in it: sent before all else.

    A turn that replaces another has that one's number, though it takes its place only once it has begun.
    """

    conversation_id: str
    turn: int


AnswerEvent = (
    ConversationEvent
    | QuestionEvent
    | FiltersEvent
    | WaitingEvent
    | CatalogueEvent
    | WaitingEvent
    | SourcesEvent
    | ExtractsEvent
    | TextEvent
    | InterruptedEvent
    | CitationEvent
    | ContradictionEvent
    | RefusalEvent
    | ErrorEvent
    | DoneEvent
)


def event_name(kind: type[AnswerEvent]) -> str:
    """Return what a kind of event is called outside the program: `SourcesEvent` is "sources"."""
    return kind.__name__.removesuffix("Event").lower()


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, gathered from its events.

    `reason` says why it is refused, where it is; the text may then be what the files do not prove. `cut` says
    that the text ends where the model had no more tokens. `error` says what failed, and `remedy` what to do.
    `contradictions` are where files state another value than the text does, `unread` what was not read.
    `extracts` says why no model answered, where the text is made of extracts.
    `filters` narrowed the files that it is about; `question` is what was searched for, where that is another
    than was asked; `catalogue` is there where the catalogue answered, and no passages did.
    """

    text: str
    sources: tuple[Source, ...] = ()
    cited: tuple[int, ...] = ()
    contradictions: tuple[ContradictionEvent, ...] = ()
    unread: tuple[UnreadFiles, ...] = ()
    refused: bool = False
    reason: str = ""
    cut: bool = False
    error: str = ""
    remedy: str = ""
    first_token_s: float = 0.0
    seconds: float = 0.0
    citations: tuple[CitationEvent, ...] = ()
    extracts: ExtractsCause | None = None
    filters: tuple[AskedFilter, ...] = ()
    question: str = ""
    catalogue: CatalogueEvent | None = None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Turn:
    """One question of a conversation and the answer it got, "" where places were quoted instead of one.

    `without` are the filters that the user took away from it, as kind:value: what goes on from it does
    without them too.
    """

    question: str
    answer: str
    without: tuple[str, ...] = field(default=(), compare=False)


class TurnState(StrEnum):
    """How far a kept turn is."""

    ANSWERING = "answering"
    DONE = "done"
    STOPPED = "stopped"  # by whoever asked, or with the process that answered: the text ends anywhere
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class KeptTurn:
    """One question of a kept conversation, with its answer as far as it came.

    `asked_at` is in seconds since the epoch; `full_question` is what a follow-up was searched as, "" where
    that is the question; `without` are filters that the user took away, and `within` those that the user
    chose, as kind:value. New fields need a value to begin with: turns that are kept lack them.
    """

    number: int
    question: str
    state: TurnState = TurnState.ANSWERING
    text: str = ""
    asked_at: float = 0.0
    full_question: str = ""
    filters: tuple[AskedFilter, ...] = ()
    without: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    citations: tuple[CitationEvent, ...] = ()
    contradictions: tuple[ContradictionEvent, ...] = ()
    catalogue: CatalogueEvent | None = None
    refusal: RefusalEvent | None = None
    error: ErrorEvent | None = None
    extracts: ExtractsCause | None = None
    cut: bool = False
    waiting_files: int = 0
    first_token_s: float = 0.0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Conversation:
    """A kept conversation; lists have it without its turns. Times are in seconds since the epoch."""

    conversation_id: str
    title: str
    created_at: float
    updated_at: float
    turn_count: int
    turns: tuple[KeptTurn, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundConversations:
    """Some of the conversations that were looked for, and how many there are."""

    conversations: tuple[Conversation, ...]
    total: int
