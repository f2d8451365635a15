"""Who may come in: users, groups, passkeys, sign-ins, shares, the audit, quotas and saved views."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import pytest
from tests.support.library import Clock, add

from twolane.errors import ConflictError, NotFoundError
from twolane.principal import Access, AccessToken, Right, Role, Share, ShareKind
from twolane.store.admitted import (
    AuditEvent,
    AuditFilter,
    Departure,
    Passkey,
    Quota,
    SignIn,
    User,
    UserChange,
    UserGroup,
)
from twolane.store.base import Store

NOBODY = Quota()


def test_a_user_is_one_however_the_name_is_written(store: Store) -> None:
    # given
    store.users.add(User("Änne", Role.ADMIN, "Änne Müller", "argon2", "issuer 1", {"language": "de"}))

    # when
    with pytest.raises(ConflictError, match="already"):
        store.users.add(User("ÄNNE", Role.READER))
    with pytest.raises(ConflictError, match="already"):
        store.users.add(User("bob", Role.READER, subject="issuer 1"))
    changed = store.users.change("änne", UserChange(full_name="Ä. M.", settings={"language": "fr"}))

    # then
    assert (changed.name, changed.full_name, changed.password) == ("Änne", "Ä. M.", "argon2")
    assert store.users.by_name("äNNE") == store.users.by_subject("issuer 1") == changed
    assert "argon2" not in repr(changed)
    assert store.users.by_name("bob") is None
    assert store.users.by_subject("") is None


@pytest.mark.parametrize("name", ["", " ", "@office", "*", "a  b", " a"])
def test_nobody_has_a_name_that_means_others(store: Store, name: str) -> None:
    with pytest.raises(ConflictError, match="cannot be a name"):
        store.users.add(User(name, Role.READER))


def test_somebody_always_manages_the_library(store: Store) -> None:
    # given
    assert not store.users.any()
    store.users.add(User("anna", Role.ADMIN))
    store.users.add(User("bob", Role.MEMBER))

    # then
    assert store.users.any()
    with pytest.raises(ConflictError, match="only one"):
        store.users.change("anna", UserChange(role=Role.READER))
    with pytest.raises(ConflictError, match="only one"):
        store.users.disable("anna")
    with pytest.raises(NotFoundError, match="carla"):
        store.users.enable("carla")
    store.users.change("bob", UserChange(role=Role.ADMIN))
    assert store.users.change("anna", UserChange(role=Role.READER)).role is Role.READER


def test_a_disabled_user_is_out_at_once(store: Store) -> None:
    # given
    for user in (User("anna", Role.ADMIN), User("bob", Role.MEMBER)):
        store.users.add(user)
    store.sign_ins.begin(SignIn("1", "bob", "password"), "digest", 60)
    store.tokens.add(AccessToken("t", "scanner", frozenset({Right.ADD}), user="bob"), "token")
    before = store.tokens.by_digest("token", 60)

    # when
    disabled = store.users.disable("bob")
    after = store.tokens.by_digest("token", 60)
    store.users.enable("bob")

    # then
    assert disabled.disabled_at > 0
    assert store.sign_ins.by_digest("digest") is None
    assert before is not None
    assert after is not None
    assert (before.has_ended, before.role, before.token.user) == (False, Role.MEMBER, "bob")
    assert after.has_ended
    assert not getattr(store.tokens.by_digest("token", 60), "has_ended", True)


def test_of_a_user_who_is_removed_nothing_goes_on_but_the_name_of_what_was_done(store: Store) -> None:
    # given
    for user in (
        User("anna", Role.ADMIN),
        User("Bob", Role.MEMBER, subject="office 7"),
        User("carla", Role.MEMBER),
    ):
        store.users.add(user)
    hers, theirs = add(store, "/d/hers", "one", document="a"), add(store, "/d/theirs", "two", document="b")
    with store.writing() as write:
        write.set_owner([hers], "Bob")
        write.set_owner([theirs], "carla")
        write.tag("a", "tax", "Bob")
    store.groups.set("office", ["bob", "carla"])
    store.shares.set(Share(ShareKind.FOLDER, "/bobs", frozenset({"Bob"})))
    store.shares.set(Share(ShareKind.FOLDER, "/all", frozenset({"Bob", "carla", "@office"})))
    store.sign_ins.begin(SignIn("1", "Bob", "password"), "digest", 60)
    store.tokens.add(AccessToken("t", "scanner", frozenset({Right.ADD}), user="Bob"), "token")
    store.passkeys.add(Passkey("key", "Bob", "phone", b"key"))
    store.saved_views.save("Bob", "files", "mine", "q=1")
    store.conversations.start("talk", "Bob")
    store.audit.add([AuditEvent("Bob", "asked")])
    expected = Departure(store.users.all()[1], 1, 1, 1, 1, 1, 1, 1, 2)

    # when
    left = store.users.leaving("bob")
    removed = store.users.remove("bob", "Carla", by="anna")

    # then
    assert left == removed == expected
    assert [user.name for user in store.users.all()] == ["anna", "carla"]
    assert {store.file(hers).owner, store.file(theirs).owner} == {"carla"}
    assert store.groups.all() == [UserGroup("office", frozenset({"carla"}))]
    assert {one.share.place: one.share.audience for one in store.shares.all()} == {
        "/all": frozenset({"carla", "@office"}),
        "/bobs": frozenset(),  # nobody sees more than before
    }
    token = store.tokens.by_digest("token", 60)
    assert store.sign_ins.by_digest("digest") is None
    assert token is None or token.has_ended
    assert token is None or token.token.revoked_at
    assert store.passkeys.by_id("key") is None
    assert store.saved_views.of("Bob") == []
    assert store.conversations.ids("", "Bob") == []
    assert [event.user for event in store.audit.newest(AuditFilter(), limit=9)] == ["Bob"]
    for again in (User("BOB", Role.MEMBER), User("robert", Role.MEMBER, subject="office 7")):
        with pytest.raises(ConflictError, match="removed"):
            store.users.add(again)


def test_a_user_is_removed_only_where_it_is_said_whose_the_files_shall_be_and_who_manages(
    store: Store,
) -> None:
    # given
    for user in (User("anna", Role.ADMIN), User("bob", Role.MEMBER), User("carla", Role.MEMBER)):
        store.users.add(user)
    file_id = add(store, "/d/his", "one", document="a")
    with store.writing() as write:
        write.set_owner([file_id], "bob")

    # when
    with pytest.raises(ConflictError, match="files: 1"):
        store.users.remove("bob", None)
    with pytest.raises(NotFoundError, match="dora"):
        store.users.remove("bob", "dora")
    with pytest.raises(ConflictError, match="keep"):
        store.users.remove("bob", "Bob")
    with pytest.raises(ConflictError, match="only one"):
        store.users.remove("anna", None)
    with pytest.raises(NotFoundError, match="dora"):
        store.users.leaving("dora")
    before = store.file(file_id).owner, len(store.users.all())
    store.users.remove("bob", "")
    store.users.remove("carla", None)

    # then
    assert before == ("bob", 3)
    assert store.file(file_id).owner == ""
    assert [user.name for user in store.users.all()] == ["anna"]


def test_groups_have_members_that_are_users(store: Store) -> None:
    # given
    for name in ("anna", "Bob"):
        store.users.add(User(name, Role.MEMBER))

    # when
    store.groups.set("office", ["anna", "bob"])
    store.groups.set("home", ["anna"])
    with pytest.raises(NotFoundError, match="carla"):
        store.groups.set("home", ["bob", "carla"])

    # then
    assert store.groups.all() == [
        UserGroup("home", frozenset({"anna"})),
        UserGroup("office", frozenset({"anna", "Bob"})),
    ]
    assert store.groups.of("anna") == {"home", "office"}
    store.groups.set("home", [])
    assert [group.name for group in store.groups.all()] == ["office"]


def test_a_sign_in_lasts_until_its_end_and_its_use_is_noted_now_and_then(store: Store, clock: Clock) -> None:
    # given
    store.users.add(User("anna", Role.ADMIN))
    for number in ("1", "2"):
        store.sign_ins.begin(SignIn(number, "anna", "password", "192.0.2.1", "Browser"), number, 3600)

    # when
    clock.advance(61)
    store.sign_ins.by_digest("2")
    listed = store.sign_ins.of("anna")

    # then
    assert [one.sign_in_id for one in listed] == ["2", "1"]
    assert listed[0].used_at == listed[0].began_at + 61
    store.sign_ins.end("anna", "1")
    with pytest.raises(NotFoundError):
        store.sign_ins.end("bob", "2")
    assert store.sign_ins.by_digest("1") is None
    clock.advance(3600)
    assert store.sign_ins.by_digest("2") is None
    assert store.sign_ins.purge(100) == 1
    assert store.sign_ins.purge(0) == 1


def test_nobodys_sign_in_ends_with_the_first_user(store: Store) -> None:
    # given
    store.sign_ins.begin(SignIn("1", "", "start"), "digest", 3600)
    before = store.sign_ins.by_digest("digest")

    # when
    store.users.add(User("anna", Role.ADMIN))

    # then
    assert before is not None
    assert store.sign_ins.by_digest("digest") is None


def test_all_other_sign_ins_end_together(store: Store) -> None:
    store.users.add(User("anna", Role.ADMIN))
    for number in ("1", "2", "3"):
        store.sign_ins.begin(SignIn(number, "anna", "password"), number, 3600)
    assert store.sign_ins.end_all("anna", but="2") == 2
    assert [one.sign_in_id for one in store.sign_ins.of("anna")] == ["2"]


def test_a_passkey_is_one_users(store: Store) -> None:
    # given
    store.users.add(User("anna", Role.ADMIN))
    kept = store.passkeys.add(Passkey("id", "anna", "telephone", b"\x00\xff"))

    # when
    used = [store.passkeys.use("id", count, at) for count, at in ((6, 10.5), (7, 11.0), (9, 11.0), (9, 10.9))]
    with pytest.raises(ConflictError):
        store.passkeys.add(kept)
    with pytest.raises(NotFoundError):
        store.passkeys.drop("bob", "id")

    # then: what was signed is good once, on whichever server
    assert used == [True, True, False, False]
    [found] = store.passkeys.of("anna")
    assert (found, found.public_key, found.sign_count) == (store.passkeys.by_id("id"), b"\x00\xff", 7)
    store.passkeys.drop("anna", "id")
    assert store.passkeys.by_id("id") is None


def test_what_challenges_are_made_of_is_the_same_for_all(store: Store) -> None:
    # when
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: store.passkeys.key(), range(8)))

    # then
    assert len(keys) == 1
    assert len(keys.pop()) == 32


def test_access_is_the_groups_and_all_shares(store: Store) -> None:
    # given
    store.users.add(User("anna", Role.MEMBER))
    store.groups.set("office", ["anna"])
    folder = Share(ShareKind.FOLDER, "/papers/\udcff", frozenset({"@office", "bob"}))
    category = Share(ShareKind.CATEGORY, "taxes", frozenset())

    # when
    for share in (category, Share(ShareKind.FOLDER, folder.place, frozenset({"*"})), folder):
        store.shares.set(share, "anna")

    # then
    assert [kept.share for kept in store.shares.all()] == [folder, category]
    hidden = frozenset({"taxes"})  # a category that is shut to her is not named to her either
    assert store.shares.access_of("anna") == Access("anna", frozenset({"office"}), (folder, category), hidden)
    assert store.shares.access_of("").groups == frozenset()
    store.shares.unset(ShareKind.CATEGORY, "taxes")
    with pytest.raises(NotFoundError):
        store.shares.unset(ShareKind.CATEGORY, "taxes")


def test_the_audit_is_listed_page_by_page_and_forgotten_in_time(store: Store, clock: Clock) -> None:
    # given
    store.audit.add([AuditEvent("anna", "search"), AuditEvent("bob", "open", "a.pdf", 3, sender="192.0.2.1")])
    clock.advance(10)
    store.audit.add([AuditEvent("anna", "open", "b.pdf", 4, at=clock() - 1, outcome="refused", detail="why")])

    # when
    newest = store.audit.newest(AuditFilter(), limit=2)
    further = store.audit.newest(AuditFilter(), limit=2, before=newest[-1].audit_id)

    # then
    assert [(event.user, event.act) for event in newest + further] == [
        ("anna", "open"),
        ("bob", "open"),
        ("anna", "search"),
    ]
    assert (newest[0].target, newest[0].outcome, newest[0].at) == ("b.pdf", "refused", clock() - 1)
    assert [event.user for event in store.audit.newest(AuditFilter(acts=("open", "move")), limit=9)] == [
        "anna",
        "bob",
    ]
    assert [
        event.act for event in store.audit.newest(AuditFilter(user="anna", until=clock() - 5), limit=9)
    ] == ["search"]
    assert [event.file_id for event in store.audit.newest(AuditFilter(file_id=3, since=1.0), limit=9)] == [3]
    assert store.audit.purge(5) == 2
    assert len(store.audit.newest(AuditFilter(), limit=9)) == 1


def test_the_audit_takes_every_text(store: Store) -> None:
    # given: what anybody may send as a name, an address or a word
    texts = {one.name: "a\0b\ud800" for one in fields(AuditEvent) if one.type == "str"}

    # when
    store.audit.add([AuditEvent(**texts), AuditEvent("anna", "search")])  # type: ignore[arg-type]

    # then
    newest = store.audit.newest(AuditFilter(), limit=9)
    assert [event.user for event in newest] == ["anna", "a b?"]
    assert {getattr(newest[1], name) for name in texts} == {"a b?"}


def test_servers_together_never_let_more_pass_than_a_quota(store: Store, clock: Clock) -> None:
    # when
    quota = Quota(uploaded_bytes=100, questions=7)
    with ThreadPoolExecutor(4) as pool:
        asked = list(pool.map(lambda _: store.usage.add("anna", quota, questions=1), range(12)))

    # then
    assert sorted(one.questions for one in asked if one.is_within) == [1, 2, 3, 4, 5, 6, 7]
    assert store.usage.add("anna", quota, uploaded_bytes=60).is_within
    assert not store.usage.add("anna", quota, uploaded_bytes=60).is_within
    assert not store.usage.add("bob", quota, uploaded_bytes=101).is_within
    assert store.usage.add("anna", NOBODY, uploaded_bytes=2**40).uploaded_bytes == 2**40 + 60
    assert store.usage.today("anna").questions == 7
    clock.advance(86400)
    assert (store.usage.today("anna").questions, store.usage.add("anna", quota, questions=1).questions) == (
        0,
        1,
    )


def test_a_saved_view_is_kept_under_its_name_and_can_come_back(store: Store) -> None:
    # given
    store.saved_views.save("anna", "search", "Taxes", "?q=tax")
    kept = store.saved_views.save("anna", "search", "Taxes", "?q=taxes")
    store.saved_views.save("", "search", "Taxes", "?q=other")

    # when
    with pytest.raises(NotFoundError):
        store.saved_views.drop("bob", kept.view_id)
    gone = store.saved_views.drop("anna", kept.view_id)

    # then
    assert (gone.query, store.saved_views.of("anna")) == ("?q=taxes", [])
    assert store.saved_views.save(gone.user, gone.view, gone.name, gone.query).query == "?q=taxes"
    assert [view.query for view in store.saved_views.of("")] == ["?q=other"]


def test_the_first_user_takes_over_what_the_one_person_of_the_library_kept(store: Store) -> None:
    # given
    store.conversations.start("before", "", "rent")
    store.conversations.start("of a program", "@token 1", "rent")
    store.saved_views.save("", "search", "Taxes", "?q=tax")

    # when
    store.users.add(User("anna", Role.ADMIN))
    store.conversations.start("at the machine", "", "later")
    store.users.add(User("bob", Role.MEMBER))

    # then
    kept = {owner: store.conversations.ids("", owner) for owner in ("anna", "bob", "", "@token 1")}
    assert kept == {"anna": ["before"], "bob": [], "": ["at the machine"], "@token 1": ["of a program"]}
    assert [view.name for view in store.saved_views.of("anna")] == ["Taxes"]
    assert store.saved_views.of("") == []
