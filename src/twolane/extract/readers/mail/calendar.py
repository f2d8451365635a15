"""Calendars (ICS): each event, task or note as people read it, with its times where it takes place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

from twolane.documents import ReadStatus
from twolane.extract.base import Draft, Refused, SourceFile, has_words
from twolane.extract.declared import FilePart, Format
from twolane.extract.readers.mail.content_lines import Component, ContentLine, components, unfolded
from twolane.extract.readers.markup.html import html_to_text
from twolane.extract.readers.text import decode
from twolane.facts import CORRESPONDENT, DATE, TITLE, Origin

_LIMIT_BYTES = 32 << 20
_ENTRIES = frozenset({"VEVENT", "VTODO", "VJOURNAL"})
_PEOPLE_LIMIT = 200
_UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year", "HOURLY": "hour"}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_METHODS = {
    "": "",
    "PUBLISH": "",
    "REQUEST": "invitation",
    "REPLY": "reply",
    "CANCEL": "cancelled",
    "COUNTER": "another time is proposed",
    "ADD": "further times",
}
_ANSWERS = frozenset({"DECLINED", "TENTATIVE"})
_FILE_NAMES = ("FILENAME", "X-FILENAME", "X-LABEL", "X-ORACLE-FILENAME", "X-APPLE-FILENAME")
_DURATION = re.compile(
    r"\+?P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?)?", re.I
)
_MAIL_TO = re.compile(r"^mailto:", re.I)

FORMATS = (Format("ICS", frozenset({"text/calendar"}), frozenset({FilePart.BODY, FilePart.ATTACHMENTS})),)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a time of day at a place whose clock is named "" where the file names none."""

    at: date
    clock: str = ""

    @property
    def has_time(self) -> bool:
        return isinstance(self.at, datetime)

    def words(self) -> str:
        """Return the moment as people read it, without its clock."""
        if not isinstance(self.at, datetime):
            return self.at.isoformat()
        return self.at.strftime("%Y-%m-%d %H:%M:%S" if self.at.second else "%Y-%m-%d %H:%M")


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An event, task or note of a calendar, with its beginning and its end where it has them.

    `method` is what the calendar was sent for, in words.
    """

    component: Component
    start: Moment | None
    end: Moment | None
    method: str = ""

    @property
    def name(self) -> str:
        return " ".join(self.component.text("SUMMARY").split())

    def text(self) -> str:
        """Return all that people want of it."""
        own = self.component
        rows = (
            ("Kind", self.method),
            ("When", self._when()),
            ("Instead of", _shown(own.line("RECURRENCE-ID"))),
            ("Due", _shown(own.line("DUE"))),
            ("Repeats", _rule(own.text("RRULE"))),
            ("Also", ", ".join(_shown(line) for line in own.all("RDATE"))),
            ("Except", ", ".join(_shown(line) for line in own.all("EXDATE"))),
            ("Where", " ".join(own.text("LOCATION").split())),
            ("Status", own.text("STATUS") if own.text("STATUS") != "CONFIRMED" else ""),
            ("Done", _shown(own.line("COMPLETED"))),
            ("Organizer", _person(own.line("ORGANIZER"))),
            ("Attendees", self._attendees()),
            ("Contact", ", ".join(line.text() for line in own.all("CONTACT"))),
            ("Categories", ", ".join(line.text() for line in own.all("CATEGORIES"))),
            ("Link", own.text("URL")),
            ("Conference", own.text("CONFERENCE", "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL")),
            ("Attached", ", ".join(line.text() for line in own.all("ATTACH") if not line.is_binary)),
        )
        said = "\n".join(f"{name}: {value}" for name, value in rows if value)
        told = own.text("DESCRIPTION") or html_to_text(own.text("X-ALT-DESC")).text
        texts = (f"# {self.name}" if self.name else "", said, told, own.text("COMMENT"))
        return "\n\n".join(text for text in texts if text)

    def _when(self) -> str:
        if self.start is None:
            return ""
        first, last = self.start.words(), self.end.words() if self.end else ""
        if self.end and self.end.clock and self.end.clock != self.start.clock:  # as of a flight
            return f"{first} ({self.start.clock}) – {last} ({self.end.clock})"
        if last == first:
            last = ""
        if self.start.has_time and last[:11] == first[:11]:
            last = last[11:]
        clock = f" ({self.start.clock})" if self.start.clock else ""
        return f"{first} – {last}{clock}" if last else f"{first}{clock}"

    def _attendees(self) -> str:
        is_reply = self.method == _METHODS["REPLY"]
        people = self.component.all("ATTENDEE")[:_PEOPLE_LIMIT]
        return ", ".join(_person(line, is_reply=is_reply) for line in people)

    def files(self) -> list[SourceFile]:
        """Return the files that it carries in itself."""
        found = []
        for line in self.component.all("ATTACH"):
            if content := line.content():
                name = next((line.parameters[key] for key in _FILE_NAMES if line.parameters.get(key)), "")
                found.append(SourceFile.of(content, name))
        return found

    def state(self, draft: Draft, *, is_all: bool) -> None:
        """State its days, and where the calendar is all of the document, its name and organizer too."""
        if self.start:
            draft.state("start_date", self.start.words(), Origin.CALENDAR)
            draft.state("end_date", (self.end or self.start).words(), Origin.CALENDAR)
        if is_all:
            draft.state(TITLE, self.name, Origin.CALENDAR)
            draft.state(DATE, self.start.words() if self.start else "", Origin.CALENDAR)
            draft.state(CORRESPONDENT, _person(self.component.line("ORGANIZER")), Origin.CALENDAR)


def read(source: SourceFile, draft: Draft) -> None:
    """Read each entry as one page, labelled by its name."""
    data = source.head(_LIMIT_BYTES)
    draft.share = min(1.0, len(data) / max(1, source.size_bytes))
    text = decode(unfolded(data))[0]
    found = entries(text)
    if not found:
        raise Refused(ReadStatus.EMPTY, "a calendar without entries")
    state_entries(found, draft, is_all=True)
    own = components(text)[0]
    draft.title = own.text("X-WR-CALNAME", "NAME") or found[0].name
    if len(found) > 1:
        draft.state(TITLE, own.text("X-WR-CALNAME", "NAME"), Origin.CALENDAR)
    draft.page_count = len(found)
    for entry in found:
        draft.check_time()
        draft.add(entry.text(), entry.name)
        draft.read_within(entry.files())


def state_entries(found: list[CalendarEntry], draft: Draft, *, is_all: bool) -> None:
    """State what an entry says, where they are all the same one: a series with its exceptions is one."""
    if found and len({entry.component.text("UID") or index for index, entry in enumerate(found)}) == 1:
        found[0].state(draft, is_all=is_all)


def calendar_text(text: str) -> str:
    """Return the entries of a calendar one after the other."""
    return "\n\n".join(entry.text() for entry in entries(text))


def entries(text: str) -> list[CalendarEntry]:
    """Return the entries of a calendar that say anything, in their order."""
    found = components(text)
    clock = next((c.text("X-WR-TIMEZONE", "TZID") for c in found if c.kind == "VCALENDAR"), "")
    method = next((c.text("METHOD") for c in found if c.kind == "VCALENDAR"), "").upper()
    said = _METHODS.get(method, method.lower())
    made = [_entry(component, clock, said) for component in found if component.kind in _ENTRIES]
    return [entry for entry in made if has_words(entry.text())]


def _entry(component: Component, clock: str, method: str) -> CalendarEntry:
    start = _moment(component.line("DTSTART"), clock)
    end = _moment(component.line("DTEND"), clock)
    lasting = _DURATION.fullmatch(component.text("DURATION"))
    if start and end is None and lasting:
        weeks, days, hours, minutes, seconds = (int(part or 0) for part in lasting.groups())
        end = _after(start, timedelta(days, seconds, 0, 0, minutes, hours, weeks))
    if end and not end.has_time:
        end = _after(end, timedelta(days=-1))  # the day after the last one ends what takes days
    if start and end and end.clock == start.clock and end.words() < start.words():
        end = None
    return CalendarEntry(component, start, end, method)


def _after(moment: Moment, by: timedelta) -> Moment | None:
    try:
        return Moment(moment.at + by, moment.clock)
    except OverflowError:
        return None


def _moment(line: ContentLine | None, home: str = "") -> Moment | None:
    """Return a time of a line on the clock that the line names; one of UTC on the calendar's own."""
    value = line.value.strip() if line else ""
    try:
        if line is None or len(value) == 8:
            return Moment(date.fromisoformat(value)) if line else None
        at = datetime.fromisoformat(value.rstrip("Zz")).replace(tzinfo=None)
    except ValueError:
        return None
    if not value.endswith(("Z", "z")):
        return Moment(at, _clock_name(line.parameters.get("TZID", "")))
    zone = _zone(home)
    if zone is None:
        return Moment(at, "UTC")
    try:
        return Moment(at.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None), home)
    except (OverflowError, ValueError):
        return Moment(at, "UTC")


def _clock_name(identifier: str) -> str:
    """Return the name of a clock without the path that some programs put before it."""
    return "/".join(identifier.split("/")[-2:]) if identifier.startswith("/") else identifier


def _zone(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _shown(line: ContentLine | None) -> str:
    """Return a time, or several, as people read it; what is no time stays as it is."""
    if line is None:
        return ""
    ones = [ContentLine(line.name, line.parameters, one) for one in line.value.split(",")]
    moments = [(_moment(one), one.value) for one in ones]
    clock = next((f" ({m.clock})" for m, _ in moments if m and m.clock), "")
    return ", ".join(m.words() if m else raw for m, raw in moments) + clock


def _rule(rule: str) -> str:
    """Return a rule of repetition as people read it (RFC 5545, 3.3.10)."""
    parts = dict(part.split("=", 1) for part in rule.upper().split(";") if "=" in part)
    unit = _UNITS.get(parts.get("FREQ", ""))
    if unit is None:
        return rule
    every = parts.get("INTERVAL", "1")
    words = [f"every {unit}" if every == "1" else f"every {every} {unit}s"]
    if "BYDAY" in parts:
        days = ", ".join(map(_day, parts["BYDAY"].split(",")))
        words.append(f"on {_place(parts['BYSETPOS'])} of {days}" if "BYSETPOS" in parts else f"on {days}")
    if "BYMONTHDAY" in parts:
        words.append("on day " + parts["BYMONTHDAY"].replace(",", ", ").replace("-1", "last"))
    if "BYMONTH" in parts:
        words.append("in month " + parts["BYMONTH"].replace(",", ", "))
    if "UNTIL" in parts:
        words.append(f"until {_shown(ContentLine('UNTIL', {}, parts['UNTIL']))}")
    if "COUNT" in parts:
        words.append(f"{parts['COUNT']} times")
    return ", ".join(words)


def _day(text: str) -> str:
    """Return a day of a week, with its place in the month where it has one."""
    name = _DAYS.get(text[-2:])
    return f"{_place(text[:-2])} {name}".strip() if name else text


def _place(number: str) -> str:
    return {"": "", "-1": "last", "1": "first", "2": "second", "3": "third"}.get(
        number.lstrip("+"), f"{number}."
    )


def _person(line: ContentLine | None, *, is_reply: bool = False) -> str:
    if line is None:
        return ""
    name, address = line.parameters.get("CN", ""), _MAIL_TO.sub("", line.value.strip())
    person = f"{name} <{address}>" if name and name != address and "@" in address else name or address
    answer = line.parameters.get("PARTSTAT", "").upper()
    return f"{person} ({answer.lower()})" if answer in _ANSWERS or (is_reply and answer) else person
