"""Statements that only read, held to what somebody may see: their tables are what is seen of them.

Before a statement of somebody who may not see all, each table and view that it names is defined by the same
name with what is seen of it alone. So no statement can forget it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from twolane.errors import StoreError
from twolane.store.queries import for_psycopg, queries, sql
from twolane.store.seen import Rule, Seen, Shape

# Each table and view whose rows belong to files, and which statement of seen.sql says which are seen.
NARROWED: Mapping[str, str] = {
    **dict.fromkeys(("earlier_categories", "earlier_fields", "jobs", "placements", "plan_moves"), "by_file"),
    **dict.fromkeys(
        (
            "document_marks",
            "document_standings",
            "document_vectors",
            "drawn_values",
            "pages",
            "sketch_bands",
            "sketches",
            "vectors",
        ),
        "by_document",
    ),
    **dict.fromkeys(("copies", "decided_copies"), "by_pair"),
    **dict.fromkeys(("copy_decisions", "standing_copy_decisions"), "by_pair_said"),
    **dict.fromkeys(("words_kept", "words_open"), "by_passage"),
    # only who manages the library plans: a plan names files of everybody
    **dict.fromkeys(("plans", "plan_folders"), "by_nobody"),
    **{
        name: name
        for name in (
            "files",
            "visible_files",
            "file_records",
            "passages",
            "documents",
            "document_tags",
            "decisions",
            "standing_decisions",
            "field_decisions",
            "standing_field_decisions",
            "standing_fields",
            "standing_copies",
            "correspondent_names",
            "correspondents",
            "correspondent_changes",
            "parted_names",
            "removals",
        )
    },
}
# What belongs to no file, and why everybody's statements may read all of it.
NOBODYS: Mapping[str, str] = {
    **dict.fromkeys(("library", "memory"), "what the library remembers of itself"),
    **dict.fromkeys(("taxonomies", "category_moves", "category_places"), "the taxonomy is one for everybody"),
    "exclusions": "who adds files must be told what never comes in",
    **dict.fromkeys(("conversations", "conversation_turns"), "each statement asks for their owner's"),
    "jobs_done": "how much has been done",
    **dict.fromkeys(
        ("dropped_documents", "document_changes"), "numbers by which what is kept in memory follows"
    ),
    **dict.fromkeys(
        ("words_segments", "words_postings", "words_spelt", "words_languages"),
        "the index of everybody's words: what it finds is held to what is seen",
    ),
    **dict.fromkeys(
        (
            "users",
            "removed_users",
            "group_members",
            "passkeys",
            "sign_ins",
            "tokens",
            "shares",
            "audit",
            "usage",
            "saved_views",
        ),
        "who may come in, and what of it each may read is said by name",
    ),
}
_TO_FILES = "it is read of the files alone that pass, which are those that are seen"
_COUNTED = frozenset(
    {"documents", "drawn_values", "field_decisions", "standing_copies", "standing_field_decisions"}
)
_BUSY = "how much there is to do, of whatever files"
# Statements that may read all of some tables beside what is seen of the others, and why.
WHOLE: Mapping[str, tuple[frozenset[str], str]] = {
    **{
        f"files.{name}": (frozenset(tables.split()), _TO_FILES)
        for name, tables in {
            "count_categories": "standing_decisions",
            "count_languages": "documents",
            "count_correspondents": "documents correspondent_names correspondents",
            "count_tags": "document_tags",
            "count_tiers": "standing_decisions",
            "count_causes": "standing_decisions",
            "count_unread": "documents",
            "list_by_date": "documents",
            "list_by_correspondent": "documents correspondent_names correspondents",
            "list_by_category": "standing_decisions",
            "known_at": "documents",
            "known_as": "documents",
            "places": "documents",
        }.items()
    },
    "counting.tally": (_COUNTED, _TO_FILES),
    "counting.rows": (_COUNTED | {"pages"}, _TO_FILES),
    "counting.amounts": (frozenset({"standing_fields"}), _TO_FILES),
    "documents.counts": (frozenset({"passages", "vectors"}), _TO_FILES),
    "documents.by_hash": (
        frozenset({"standing_decisions", "earlier_categories"}),
        "it is that of the document",
    ),
    "filed.page": (
        frozenset({"documents", "correspondent_names", "correspondents", "standing_decisions"}),
        _TO_FILES,
    ),
    "words.passing": (frozenset({"passages"}), _TO_FILES),
    "words.passages_of": (frozenset({"passages"}), "the documents are those that pass"),
    "search.near": (frozenset({"vectors"}), _TO_FILES),
    "search.near_exactly": (frozenset({"vectors"}), _TO_FILES),
    "search.near_of_few": (frozenset({"vectors"}), "the documents are those that pass"),
    "search.few_documents": (frozenset({"passages", "documents"}), _TO_FILES),
    **{
        f"jobs.{name}": (frozenset({"jobs"}), _BUSY) for name in ("counts", "far", "pending", "pending_under")
    },
    "words.state": (
        frozenset({"words_kept", "words_open"}),
        "a number by which what is kept in memory follows",
    ),
    "plans.holder": (frozenset({"plans"}), "who changes files must know that a plan is moving some"),
}
# Of these tables such a statement shows what people said, and that is held to who sees it there, too.
_SAID: Mapping[str, frozenset[str]] = {
    "files.count_correspondents": frozenset({"documents"}),
    "files.count_languages": frozenset({"documents"}),
    "files.count_tags": frozenset({"document_tags"}),
    "files.list_by_correspondent": frozenset({"documents"}),
    "filed.page": frozenset({"documents"}),
    "counting.tally": frozenset({"standing_field_decisions"}),
    "counting.rows": frozenset({"standing_field_decisions"}),
    "counting.amounts": frozenset({"standing_fields"}),
}
# Statements over all files: what the shares of categories say is looked up once for all, and not for each.
_OF_MANY = frozenset(
    [
        "files.count",
        "files.count_states",
        "files.count_languages",
        "files.count_tags",
        "files.count_tiers",
        "files.count_causes",
        "files.count_unread",
        "files.count_categories",
        "files.count_correspondents",
        "files.list_by_date",
        "files.list_by_name",
        "files.list_by_correspondent",
        "files.list_by_category",
        "files.list_by_state",
        "files.paths",
        "counting.tally",
        "counting.rows",
        "counting.amounts",
        "documents.counts",
        "filed.page",
        "copies.same_bytes",
        "correspondents.list",
        "correspondents.search",
        "tags.counts",
        "taxonomies.uses",
        "taxonomies.decided",
        "search.passing_documents",
        "search.few_documents",
        "search.near_exactly",
    ]
)
_COMMENTS = re.compile(r"--[^\n]*|'(?:[^']|'')*'")
_WORD = re.compile(r"[a-z_]+")
_MACRO = re.compile(r"\{(shown|hidden|others|overruled|paired) ([a-z_.]+)(?: ([a-z]+))?\}")
_BEFORE = re.compile(r"\A(?:\s*--[^\n]*\n)*\s*")


def require_all(seen: Seen | None) -> None:
    """Raise `StoreError` where somebody who may not see all is about to run a statement that has no name."""
    if seen is not None:
        raise StoreError("this reads the whole library", "ask whoever manages the library to do it")


@lru_cache(maxsize=2_048)
def narrowed(name: str, dialect: str, own: str, shape: Shape) -> str:
    """Return a statement by name as somebody runs it whose access has this shape.

    `own` is how the library's own tables are told from those that take their place: "main.", or the schema.
    Raises `StoreError` where the statement does more than read.
    """
    statement = _BEFORE.sub("", sql(name, dialect), count=1)
    if not statement.upper().startswith(("SELECT", "WITH")):
        raise StoreError(
            f"{name} changes the library where it is only to be read", "report this: it is a mistake"
        )
    plain, _, _ = name.partition(" where ")
    whole, _ = WHOLE.get(plain, (frozenset[str](), ""))
    said = _SAID.get(plain, frozenset())
    named = set(_WORD.findall(_COMMENTS.sub("", statement)))
    narrow = [table for table in NARROWED if table in named and (table not in whole or table in said)]
    if not narrow:
        return statement
    if "standing_fields" in narrow and "standing_field_decisions" not in narrow:
        narrow.insert(0, "standing_field_decisions")  # which it is made of
    made_for = _Onlooker(dialect, own, shape, plain in _OF_MANY)
    before = ", ".join(
        f"{table} AS NOT MATERIALIZED ({_definition(table, made_for, bool(said & whole))})"
        for table in narrow
    )
    return (
        f"WITH {before}, {statement[5:]}"
        if statement[:5].upper() == "WITH "
        else f"WITH {before} {statement}"
    )


@dataclass(frozen=True, slots=True)
class _Onlooker:
    """For whom tables are defined, and where they stand; `of_many` in a statement over all files."""

    dialect: str
    own: str
    shape: Shape
    of_many: bool

    @property
    def user(self) -> str:
        return _value("seen_user", self.dialect)

    def others(self, column: str) -> str:
        """Return whether a column names somebody else: nobody's own name is in none."""
        return f"({column} <> {self.user})" if self.shape.has_user else "TRUE"


@lru_cache(maxsize=2_048)
def _definition(table: str, onlooker: _Onlooker, of_whole: bool) -> str:
    """Return what is seen of a table; `of_whole` where the statement reads it of documents that are seen."""
    dialect, shape = onlooker.dialect, onlooker.shape
    by_self = f"f.removed_by = {onlooker.user}" if shape.has_user else "FALSE"

    def put(found: re.Match[str]) -> str:
        macro, of, more = found[1], found[2], found[3] or ""
        if macro == "others":
            return onlooker.others(of)
        if macro == "shown" and of_whole:
            return "TRUE"
        text = _text("seen", macro, dialect).replace("{of}", of).replace("{more}", more)
        return _MACRO.sub(put, text)

    text = _text("seen", NARROWED[table], dialect)
    for name in ("own_tags", "own_columns"):
        text = text.replace(f"{{{name}}}", _text("seen", name, dialect))
    return (
        _MACRO.sub(put, text)
        .replace("{seen}", _seen(shape, dialect, "_many" if onlooker.of_many else ""))
        .replace("{seen_when_removed}", f"({_seen(shape, dialect, '_before')} OR {by_self})")
        .replace("{visible}", _text("filter", "visible", dialect))
        .replace("{own}", onlooker.own)
        .replace("{name}", table)
    )


def _seen(shape: Shape, dialect: str, when: str) -> str:
    """Return whether the file `f` is seen: shares go before whose it is, but for one's own.

    `when` names how the file's category is looked up.
    """

    def by_path(shut: str, none: str, opened: str) -> str:
        return _by_path(shape.rules, 0, {Rule.SHUT: shut, Rule.NONE: none, Rule.OPEN: opened}, dialect)

    # most often the paths decide alone, or let through what only a category could keep out
    ruled, not_shut, opened = by_path("FALSE", "f.owner = ''", "TRUE"), "TRUE", "FALSE"
    if shape.has_shut:
        # an unknown document is in no category
        not_shut = f"({_text('seen', f'shut{when}', dialect)}) IS NOT TRUE"
    if shape.has_open:
        within = by_path("FALSE", "TRUE", "TRUE")
        opened = f"({_text('seen', f'open{when}', dialect)}) IS TRUE AND {within}"
    # a CASE, so that no index by owner is chosen for it: half the library may have one owner
    own = f"WHEN f.owner = {_value('seen_user', dialect)} THEN TRUE " if shape.has_user else ""
    return f"CASE {own}WHEN {ruled} THEN {not_shut} ELSE {opened} END"


def _by_path(rules: tuple[Rule, ...], first: int, texts: Mapping[Rule, str], dialect: str) -> str:
    """Return the text of the range that a path lies in, found by halves."""
    if len({texts[rule] for rule in rules}) == 1:
        return texts[rules[0]]
    half = len(rules) // 2
    below = _by_path(rules[:half], first, texts, dialect)
    above = _by_path(rules[half:], first + half, texts, dialect)
    bound = _value(f"seen_{first + half - 1}", dialect)
    return f"CASE WHEN f.path < {bound} THEN {below} ELSE {above} END"


def _text(file: str, name: str, dialect: str) -> str:
    return _BEFORE.sub("", queries(file, dialect)[name], count=1)


def _value(name: str, dialect: str) -> str:
    return for_psycopg(f":{name}") if dialect == "postgres" else f":{name}"
