"""Where the files lie now on which the answers of a conversation rest: they may have been moved since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from twolane.answers import CatalogueEvent, CatalogueRow, ContradictionEvent, Conversation, KeptTurn
from twolane.documents import FoundPassage
from twolane.store.scanned import FilePlace, Files

Places = Mapping[str, Sequence[FilePlace]]


def where_they_lie(whole: Conversation, store: Files) -> Conversation:
    """Return a conversation whose sources are at the paths where their documents lie now.

    What no file holds any more stays where it was.
    """
    places = store.places(set(_documents(whole.turns)))
    return replace(whole, turns=tuple(_turn(turn, places) for turn in whole.turns))


def _documents(turns: Sequence[KeptTurn]) -> Iterator[str]:
    for turn in turns:
        yield from (source.passage.document for source in turn.sources)
        yield from (value.passage.document for event in turn.contradictions for value in event.values)
        yield from (row.document for row in (turn.catalogue.rows if turn.catalogue else ()))


def _turn(turn: KeptTurn, places: Places) -> KeptTurn:
    return replace(
        turn,
        sources=tuple(replace(source, passage=_passage(source.passage, places)) for source in turn.sources),
        contradictions=tuple(_contradiction(event, places) for event in turn.contradictions),
        catalogue=_catalogue(turn.catalogue, places) if turn.catalogue else None,
    )


def _contradiction(event: ContradictionEvent, places: Places) -> ContradictionEvent:
    return ContradictionEvent(
        tuple(replace(value, passage=_passage(value.passage, places)) for value in event.values)
    )


def _catalogue(event: CatalogueEvent, places: Places) -> CatalogueEvent:
    return replace(event, rows=tuple(_row(row, places) for row in event.rows))


def _row(row: CatalogueRow, places: Places) -> CatalogueRow:
    there = places.get(row.document, ())
    place = next((one for one in there if one.file_id == row.file_id), there[0] if there else None)
    return replace(row, file_id=place.file_id, path=place.path) if place else row


def _passage(passage: FoundPassage, places: Places) -> FoundPassage:
    return replace(passage, path=_path(passage.path, places.get(passage.document, ())))


def _path(before: Path, places: Sequence[FilePlace]) -> Path:
    paths = [place.path for place in places]
    return before if before in paths or not paths else paths[0]
