"""What somebody sees of a library: every list, count, search and name is held to it, in every store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from standins.postgres import postgres_server
from tests.support.library import Clock, add, embed, found_by_words, scan, seen, unit_vectors, work

from twolane.documents import Classification, Decision, FileState, Filter, Tier
from twolane.errors import AccessError, NotFoundError
from twolane.facts import CORRESPONDENT, TITLE, FieldSource, FieldValue
from twolane.filing.review import Review
from twolane.filing.taxonomy import Taxonomy
from twolane.principal import EVERYBODY, GROUP_MARK, Access, Share, ShareKind, seeing
from twolane.store.base import Store
from twolane.store.postgres.store import open_postgres
from twolane.store.sqlite.store import open_sqlite
from twolane.store.values import TaxonomyVersion

FOLDERS = ("/", "/a", "/a/b", "/a/b/c", "/ab", "/a b")
LINEAGES = {
    "tax": ("tax",),
    "home": ("home",),
    "rent": ("rent", "home"),
    "old": ("rent", "home"),
    "misc": ("misc",),
}
USERS = ("", "anna", "bob")
GROUPS = ("office", "family")
# each content has a word of its own; the last two lie in two places each
PATHS = (
    "/top",
    "/a/one",
    "/a/b/two",
    "/a/b/c/three",
    "/ab/four",
    "/a b/five",
    "/a/six",
    "/a/b/six",
    "/seven",
    "/a/b/c/seven",
)
VECTORS = unit_vectors(len(PATHS))


@dataclass(frozen=True)
class Example:
    """Whose each file is, what each document is filed as, and what somebody may see."""

    owners: tuple[str, ...]
    categories: tuple[str, ...]
    access: Access
    by: str = ""
    """Who decided and tagged what there is."""


def sees(access: Access, path: str, owner: str, category: str) -> bool:
    """Say whether somebody sees a file: what `Access` promises, in a few lines."""
    if owner and owner == access.user:
        return True
    places = [str(place) for place in (PurePosixPath(path), *PurePosixPath(path).parents)]
    rules = []
    for kind, lineage in ((ShareKind.FOLDER, places), (ShareKind.CATEGORY, LINEAGES[category])):
        shares = [share for share in access.shares if share.kind is kind]
        about = [[share for share in shares if _by_now(share.place) == place] for place in lineage]
        rules += next(filter(None, about), [])
    return all(map(access.is_let_in, rules)) if rules else not owner


AUDIENCES = st.frozensets(
    st.sampled_from((EVERYBODY, *USERS[1:], *(GROUP_MARK + group for group in GROUPS))), max_size=2
)
SHARES = st.lists(
    st.one_of(
        st.builds(Share, st.just(ShareKind.FOLDER), st.sampled_from(FOLDERS + PATHS), AUDIENCES),
        st.builds(
            Share, st.just(ShareKind.CATEGORY), st.sampled_from(("tax", "home", "rent", "old")), AUDIENCES
        ),
    ),
    max_size=5,
    unique_by=lambda share: (share.kind, share.place),
).map(tuple)
EXAMPLES = st.builds(
    Example,
    st.tuples(*(st.sampled_from(USERS) for _ in PATHS)),
    st.tuples(*(st.sampled_from(sorted(LINEAGES)) for _ in PATHS)),
    st.builds(Access, st.sampled_from(USERS), st.frozensets(st.sampled_from(GROUPS)), SHARES),
    st.sampled_from(USERS),
)

# two shares about categories that are one by now: both must let somebody in
BECOME_ONE = Example(
    owners=("",) * len(PATHS),
    categories=("rent", "old", "home", "tax", "misc", *("rent",) * (len(PATHS) - 5)),
    access=Access(
        "anna",
        shares=(
            Share(ShareKind.CATEGORY, "old", frozenset({"anna"})),
            Share(ShareKind.CATEGORY, "rent", frozenset()),
        ),
    ),
)


def content(path: str) -> str:
    return PurePosixPath(path).name


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A library of a few files in folders within each other, with senders, tags, words and vectors."""
    with ExitStack() as stack:
        store: Store
        if request.param == "sqlite":
            library = tmp_path_factory.mktemp("access") / "library.db"
            store = open_sqlite(library, max_attempts=3, clock=Clock())
        else:
            url = stack.enter_context(postgres_server().library())
            store = open_postgres(url, max_attempts=3, clock=Clock())
        stack.callback(store.close)
        for number, path in enumerate(PATHS):
            name = content(path)
            if store.has_document(name):
                add_file(store, path, name)
                continue
            add(store, path, f"common {name}", document=name, heading=path)
            embed(store, name, VECTORS[number : number + 1])
            with store.writing() as write:
                write.tag(name, f"tag {name}")
                sender = FieldValue(CORRESPONDENT, f"sender {name}", 0.9, FieldSource.PATTERN)
                write.save_fields(name, [sender])
        places = tuple((category, place) for category, lineage in LINEAGES.items() for place in lineage)
        with store.writing() as write:
            write.lock_taxonomy()
            write.save_taxonomy(TaxonomyVersion("[]", {"old": "rent"}, places, "person", "", ""))
        yield store


def add_file(store: Store, path: str, document: str) -> None:
    scan(store, seen(path))
    job = work(store)
    with store.finishing(job) as write:
        assert write.link(job.file_id, document)


def settle(store: Store, example: Example) -> None:
    """Make a library as an example says, as somebody who sees all of it does."""
    numbers = store.file_ids(map(Path, PATHS))
    with store.writing() as write:
        for path, owner, category in zip(PATHS, example.owners, example.categories, strict=True):
            name, by = content(path), example.by
            write.set_owner([numbers[Path(path)]], owner)
            write.decide(name, Decision(Classification(category, 1.0, Tier.PERSON, ""), by))
            write.decide_field(name, FieldValue(TITLE, f"{name} by {by or 0}", 1.0, FieldSource.PERSON), by)
            write.untag(name, f"tag {name}")
            write.tag(name, f"tag {name}", by)


@pytest.mark.timeout(60)
@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(made=EXAMPLES)
@example(made=BECOME_ONE)
def test_nothing_of_what_is_not_seen_is_found_in_any_way(filled: Store, made: Example) -> None:
    # given
    settle(filled, made)
    category_of = {content(path): one for path, one in zip(PATHS, made.categories, strict=True)}
    paths = {
        path
        for path, owner in zip(PATHS, made.owners, strict=True)
        if sees(made.access, path, owner, category_of[content(path)])
    }
    documents = {content(path) for path in paths}
    partly = {content(path) for path in set(PATHS) - paths} & documents
    is_own = bool(made.by) and made.by == made.access.user
    told = documents if is_own else documents - partly
    files = {file.path: file for file in filled.files()}
    ids = {passage.document: passage.passage_id for passage in filled.passages(range(1, 5 * len(PATHS)))}

    # when
    with seeing(made.access):
        listed = filled.files()
        counts = filled.counts()
        words = found_by_words(filled, "common", 50)
        vectors = filled.search_vector(VECTORS[0], 50)

        # then
        assert {str(file.path) for file in listed} == paths == {str(path) for path in filled.file_ids(files)}
        assert {str(file.path): file.owner for file in listed} == {
            path: owner for path, owner in zip(PATHS, made.owners, strict=True) if path in paths
        }
        for file in listed:
            assert (file.title == f"{file.document} by {made.by or 0}") == (file.document in told)
            assert bool(file.tags) == (file.document in told)
        assert {
            one.document for one in filled.passages(list(ids.values())) if one.heading
        } == documents - partly
        assert [file.copies for file in listed] == [
            sum(content(path) == file.document for path in paths) - 1 for file in listed
        ]
        assert (filled.count_files(), counts.documents) == (len(paths), len(documents))
        assert counts.categories == Counter(_by_now(category_of[content(path)]) for path in paths)
        assert {hit.passage_id for hit in words} == {ids[document] for document in documents}
        assert {hit.passage_id for hit in vectors} == {ids[document] for document in documents}
        assert {str(one.path) for one in filled.passages(list(ids.values()))} <= paths
        assert filled.stems(list(ids.values())).keys() == {ids[document] for document in documents}
        assert filled.vectors(list(ids.values())).keys() == {ids[document] for document in documents}
        assert {one.name for one in filled.correspondents.list()} == {f"sender {one}" for one in documents}
        assert {one.name for one in filled.correspondents.list("sender")} == {
            f"sender {one}" for one in documents
        }
        assert filled.tags.counts() == {f"tag {one}": 1 for one in told}
        assert filled.counting.tally().documents == len(documents)
        assert {file.document for file in filled.files(Filter(name="sender"))} == documents
        assert {one.name for one in filled.correspondents.everyone()} == {
            f"sender {one}" for one in documents
        }
        for path, file in files.items():
            assert _is_found(filled.file, file.file_id) == (str(path) in paths)
            assert _is_found(filled.document, file.document) == (file.document in documents)
            assert bool(filled.tags.of(file.document)) == (file.document in told)
            assert bool(filled.fields.of(file.document)) == (file.document in documents)
            assert bool(filled.copies.of(file.document)) == (file.document in documents)
            assert bool(filled.first_passages(file.document, 1)) == (file.document in documents)
            said = filled.decisions.of(file.document)
            on_field = filled.fields.history(file.document, TITLE)
            assert bool(said) >= (file.document in told)
            assert bool(on_field) >= (file.document in told)
            by = {one.by for one in said} | {one.by for one in on_field}
            if file.document in partly:
                assert by <= {made.access.user} - {""}
            assert (filled.only_by(file.document) is None) != (
                any(content(path) == file.document for path in set(PATHS) - paths)
            )
            assert bool(filled.page_text(file.document, 1, 0, 9)) == (file.document in documents)


def test_of_a_copy_of_a_hidden_file_each_takes_back_their_own_word_alone(filled: Store) -> None:
    # given
    owners = tuple({"/seven": "anna", "/a/b/c/seven": "cleo"}.get(path, "") for path in PATHS)
    settle(filled, Example(owners, ("misc",) * len(PATHS), Access("cleo"), by="anna"))
    own = FieldValue(TITLE, "as cleo says", 1.0, FieldSource.PERSON)
    with filled.writing() as write:
        write.decide_field("seven", own, "cleo")
        write.decide_field("seven", FieldValue(TITLE, "as anna says", 1.0, FieldSource.PERSON), "anna")

    # when
    with seeing(Access("cleo")):
        seen_before = {one.field: one.value for one in filled.fields.of("seven")}[TITLE]
        only_by = filled.only_by("seven")
        with filled.writing() as write:
            undone = write.undo("seven", "cleo", only_by), write.undo_field("seven", TITLE, "cleo", only_by)
            write.untag("seven", "tag seven", only_by)
        seen_after = filled.fields.of("seven")
    with seeing(Access()):
        nobodys = filled.only_by("seven")
    with filled.writing() as write:
        undone_by_nobody = write.undo("seven", "", nobodys)

    # then
    assert (seen_before, undone, undone_by_nobody) == ("as cleo says", (False, True), False)
    assert TITLE not in {one.field for one in seen_after}
    assert filled.decisions.of("seven")[-1].undone_at == 0
    assert {one.field: one.value for one in filled.fields.of("seven")}[TITLE] == "as anna says"
    assert filled.tags.of("seven") == ("tag seven",)


@pytest.mark.parametrize(
    ("place", "audience", "owner", "before", "to"),
    [("legal", (), "", "legal", "letter"), ("article", (EVERYBODY,), "anna", "letter", "article")],
)
def test_a_word_on_ones_own_copy_changes_nothing_of_who_sees_a_hidden_one(
    store: Store, place: str, audience: tuple[str, ...], owner: str, before: str, to: str
) -> None:
    # given: a paper of which cleo has a copy, in a private category, or to go into an open one
    review = Review(store, Taxonomy.load, embed_kind="embed")
    own, hidden = (add(store, f"/{name}", "salary", document="paper") for name in ("own", "hidden"))
    store.shares.set(Share(ShareKind.CATEGORY, place, frozenset(audience)))
    with store.writing() as write:
        write.set_owner([own], "cleo")
        write.set_owner([hidden], owner)
        write.decide("paper", Decision(Classification(before, 0.9, Tier.SMALL_MODEL, "")))
    seen_by_bob = store.shares.access_of("bob")

    # when
    with seeing(store.shares.access_of("cleo")):
        with pytest.raises(AccessError):
            review.correct(own, to, by="cleo")
        left = store.decisions.of("paper")

    # then
    assert len(left) == 1
    with seeing(seen_by_bob), pytest.raises(NotFoundError):
        store.file(hidden)
    assert review.correct(own, to, by="root").state is FileState.FILED


def test_where_a_word_is_taken_back_a_hidden_copy_is_seen_by_nobody_more(store: Store) -> None:
    # given: what cleo has decided keeps a paper out of a category that everybody sees; now anna has it, too
    review = Review(store, Taxonomy.load, embed_kind="embed")
    own = add(store, "/own", "salary", document="paper")
    store.shares.set(Share(ShareKind.CATEGORY, "article", frozenset({EVERYBODY})))
    with store.writing() as write:
        write.set_owner([own], "cleo")
        write.decide("paper", Decision(Classification("article", 0.9, Tier.SMALL_MODEL, "")))
    cleo = store.shares.access_of("cleo")
    with seeing(cleo):
        review.correct(own, "letter", by="cleo")
    hidden = add(store, "/hidden", "salary", document="paper")
    with store.writing() as write:
        write.set_owner([hidden], "anna")

    # when
    with seeing(cleo):
        with pytest.raises(AccessError):
            review.undo(own, by="cleo")
        moved = review.correct(own, "contract", by="cleo")  # where as many see it

    # then
    assert moved.classification is not None
    assert moved.classification.category == "contract"
    with seeing(store.shares.access_of("bob")), pytest.raises(NotFoundError):
        store.file(hidden)


def test_a_tag_of_a_hidden_copys_owner_is_ones_own_only_where_one_gave_it_too(filled: Store) -> None:
    # given
    owners = tuple({"/seven": "anna", "/a/b/c/seven": "cleo"}.get(path, "") for path in PATHS)
    settle(filled, Example(owners, ("misc",) * len(PATHS), Access("cleo"), by="anna"))

    # when
    seen = []
    for _ in range(2):
        with seeing(Access("cleo")), filled.writing() as write:
            write.tag("seven", "tag seven", "cleo")
        with seeing(Access("cleo")):
            [file] = [one for one in filled.files() if one.document == "seven"]
            seen += [file.tags, filled.tags.of("seven")]
            only_by = filled.only_by("seven")
            with filled.writing() as write:
                write.untag("seven", "tag seven", only_by)
            [file] = [one for one in filled.files() if one.document == "seven"]
            seen += [file.tags, filled.tags.of("seven")]

    # then
    assert seen == [("tag seven",), ("tag seven",), (), ()] * 2
    with seeing(Access("anna")):
        assert filled.tags.of("seven") == ("tag seven",)


def _by_now(category: str) -> str:
    return "rent" if category == "old" else category


def _is_found(look: Callable[..., object], name: int | str) -> bool:
    try:
        look(name)
    except NotFoundError:
        return False
    return True
