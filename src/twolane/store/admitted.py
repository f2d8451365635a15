"""The part of port 3 that keeps who may come in, what each sees, and what each did.

Users, groups, shares, passkeys, sign-ins and tokens are rows by names that never change. Secrets are kept by
their digests alone. Times are in seconds since the epoch, 0 where something has not happened; whether a thing
has ended is judged by the store's clock.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from twolane.principal import Access, AccessToken, Role, Share, ShareKind


@dataclass(frozen=True, slots=True)
class KeptToken:
    """The token of a digest; it has ended, too, where its user is disabled. `role` is that user's, if any."""

    token: AccessToken
    digest: str
    has_ended: bool
    used_lately: bool
    role: Role | None = None


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in; `password` in argon2's notation and `subject` of an office's sign-in, or "".

    `settings` are the language of the page and the like.
    """

    name: str
    role: Role
    full_name: str = ""
    password: str = field(default="", repr=False)
    subject: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    made_at: float = 0.0
    seen_at: float = 0.0
    disabled_at: float = 0.0


@dataclass(frozen=True, slots=True)
class UserChange:
    """What is to be changed of a user; None leaves it as it is."""

    role: Role | None = None
    full_name: str | None = None
    password: str | None = field(default=None, repr=False)
    subject: str | None = None
    settings: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Departure:
    """What somebody leaves who is removed, in numbers: `files` get another owner, the rest ends.

    `shares` are those that name this user: they name the others alone afterwards.
    """

    user: User
    files: int = 0
    conversations: int = 0
    views: int = 0
    tokens: int = 0
    passkeys: int = 0
    sign_ins: int = 0
    groups: int = 0
    shares: int = 0


@dataclass(frozen=True, slots=True)
class UserGroup:
    """Users that share what is shared with them together; a group is there while it has members."""

    name: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key of a user's device; `credential_id` is base64url, `public_key` as the device gave it (COSE)."""

    credential_id: str
    user: str
    name: str
    public_key: bytes
    sign_count: int = 0
    made_at: float = 0.0
    used_at: float = 0.0


@dataclass(frozen=True, slots=True)
class SignIn:
    """A browser or program that is signed in; `user` is "" for the one person of a library without users.

    `method` is how: password, passkey, start and the like; `sender` is its address, `agent` its own name.
    """

    sign_in_id: str
    user: str
    method: str
    sender: str = ""
    agent: str = ""
    began_at: float = 0.0
    used_at: float = 0.0
    ends_at: float = 0.0


@dataclass(frozen=True, slots=True)
class KeptShare:
    """A share, who set it and when."""

    share: Share
    by: str = ""
    at: float = 0.0


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What somebody did: `means` by what (page, token NAME), `target` to what, `outcome` "" for done."""

    user: str
    act: str
    target: str = ""
    file_id: int = 0
    means: str = ""
    sender: str = ""
    outcome: str = ""
    detail: str = ""
    at: float = 0.0
    audit_id: int = 0


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are meant: empty fields mean all, `acts` any of several, times a range in seconds."""

    user: str = ""
    acts: tuple[str, ...] = ()
    file_id: int = 0
    since: float = 0.0
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class DayUsage:
    """What a user has used of a day's quotas (UTC); not `is_within` where more was wanted than may be."""

    user: str
    day: str
    uploaded_bytes: int = 0
    questions: int = 0
    is_within: bool = True


@dataclass(frozen=True, slots=True)
class Quota:
    """How much a user may use a day; 0 is without limit."""

    uploaded_bytes: int = 0
    questions: int = 0


@dataclass(frozen=True, slots=True)
class SavedView:
    """A view of the page (search, files) under a name, as the query of its address."""

    view_id: int
    user: str
    view: str
    name: str
    query: str
    made_at: float = 0.0


class TokenRows(Protocol):
    """Tokens by the SHA-256 of their secrets; revoked ones are kept, so that they can be told of."""

    def add(self, token: AccessToken, digest: str) -> AccessToken:
        """Keep a token; the store sets when it was made. Raises `ConflictError` where one has its name."""

    def all(self) -> list[AccessToken]:
        """List all by name, the newest of a name first."""

    def by_digest(self, digest: str, lately_s: float) -> KeptToken | None:
        """Return the token that a digest belongs to, and whether its use was noted within these seconds."""

    def use(self, token_id: str) -> None:
        """Note that a token is used."""

    def revoke(self, name: str) -> AccessToken:
        """Let the token of a name open nothing from now on. Raises `NotFoundError`."""


class UserRows(Protocol):
    """Users by name; small and capital letters are one, as written when the user was added."""

    def add(self, user: User) -> User:
        """Add a user; the store sets when. Raises `ConflictError` where the name or the subject is taken.

        The first takes over the conversations and saved views of the one person that the library had.
        """

    def all(self) -> list[User]:
        """List all by name, disabled ones too."""

    def any(self) -> bool:
        """Say whether the library has users: without one it has one person, who may do everything."""

    def by_name(self, name: str) -> User | None:
        """Return the user of a name, however it is written."""

    def by_subject(self, subject: str) -> User | None:
        """Return the user whom an office's sign-in calls so."""

    def change(self, name: str, change: UserChange) -> User:
        """Change a user. Raises `NotFoundError`, and `ConflictError` where nobody would be an admin."""

    def disable(self, name: str) -> User:
        """Let a user come in no more, and end all sign-ins at once; raises as `change` does."""

    def enable(self, name: str) -> User:
        """Let a user come in again. Raises `NotFoundError`."""

    def leaving(self, name: str) -> Departure:
        """Return what a user would leave. Raises `NotFoundError`."""

    def remove(self, name: str, files_to: str | None, by: str = "") -> Departure:
        """Remove a user, whose name nobody else ever gets, and return what was left.

        Files go to another user, or are everybody's with "". Raises `NotFoundError`, and `ConflictError`
        where there are files and it is None, or where nobody would be an admin.
        """

    def note_seen(self, name: str) -> None:
        """Note that a user was here just now."""


class GroupRows(Protocol):
    """Which users are in which groups."""

    def all(self) -> list[UserGroup]:
        """List all groups by name, with their members."""

    def of(self, user: str) -> frozenset[str]:
        """Return the names of a user's groups."""

    def set(self, group: str, members: Collection[str]) -> None:
        """Give a group these members alone; with none it is gone. Raises `NotFoundError`."""


class PasskeyRows(Protocol):
    """The passkeys of users."""

    def add(self, passkey: Passkey) -> Passkey:
        """Keep a passkey; the store sets when. Raises `ConflictError` where it is known already."""

    def of(self, user: str) -> list[Passkey]:
        """List a user's passkeys, the oldest first."""

    def by_id(self, credential_id: str) -> Passkey | None:
        """Return a passkey by its id."""

    def use(self, credential_id: str, sign_count: int, challenged_at: float) -> bool:
        """Note that a passkey was used, and its counter, for a challenge of this moment.

        False where it was used for that one before, or for a later one: each is good once.
        """

    def key(self) -> bytes:
        """Return what challenges are made of: only the library knows it. It is made at the first call."""

    def drop(self, user: str, credential_id: str) -> None:
        """Forget a user's passkey. Raises `NotFoundError`."""


class SignInRows(Protocol):
    """Who is signed in, by the SHA-256 of the secret in their cookie."""

    def begin(self, sign_in: SignIn, digest: str, lasting_s: float) -> SignIn:
        """Keep a sign-in that lasts so long; the store sets its times."""

    def by_digest(self, digest: str) -> SignIn | None:
        """Return the sign-in of a digest, None where it has ended; its use is noted at most once a minute."""

    def of(self, user: str) -> list[SignIn]:
        """List what a user is signed in with, the last used first."""

    def end(self, user: str, sign_in_id: str) -> None:
        """End one of a user's sign-ins. Raises `NotFoundError`."""

    def end_all(self, user: str, *, but: str = "") -> int:
        """End all of a user but one of this id; return how many there were."""

    def purge(self, older_than_s: float) -> int:
        """Forget those that ended so long ago; return their number."""


class ShareRows(Protocol):
    """Who sees what lies in folders and categories."""

    def set(self, share: Share, by: str = "") -> None:
        """Let a share's audience alone see what lies in its place; it takes the place of an earlier one."""

    def unset(self, kind: ShareKind, place: str) -> None:
        """Take a share back: its place is seen as what is around it. Raises `NotFoundError`."""

    def all(self) -> list[KeptShare]:
        """List all shares, folders first, by place."""

    def access_of(self, user: str) -> Access:
        """Return what a user may see by now: the groups and all shares, of one moment; "" is nobody."""


class AuditRows(Protocol):
    """What everybody did."""

    def add(self, events: Sequence[AuditEvent]) -> None:
        """Keep events; one without a time gets the store's."""

    def newest(self, within: AuditFilter, *, limit: int, before: int = 0) -> list[AuditEvent]:
        """List events, the newest first, with smaller ids than `before` if that is given."""

    def purge(self, older_than_s: float) -> int:
        """Forget what is so old; return how many events that were."""


class UsageRows(Protocol):
    """What is counted for quotas."""

    def add(self, user: str, quota: Quota, *, uploaded_bytes: int = 0, questions: int = 0) -> DayUsage:
        """Count more for today and return all of today's, in one statement.

        Where more would be used than the quota, nothing is counted, and what is returned is not `is_within`.
        """

    def today(self, user: str) -> DayUsage:
        """Return what a user has used today."""


class SavedViewRows(Protocol):
    """The views that users keep; those of "" are of a library without users."""

    def save(self, user: str, view: str, name: str, query: str) -> SavedView:
        """Keep a view under a name, in place of an earlier one of that name."""

    def of(self, user: str) -> list[SavedView]:
        """List a user's views by name."""

    def drop(self, user: str, view_id: int) -> SavedView:
        """Forget a view and return it, so that it can be kept again. Raises `NotFoundError`."""


class Admitting(Protocol):
    """A library that knows who may come in."""

    @property
    def tokens(self) -> TokenRows:
        """The tokens."""

    @property
    def users(self) -> UserRows:
        """The users."""

    @property
    def groups(self) -> GroupRows:
        """The groups of users."""

    @property
    def passkeys(self) -> PasskeyRows:
        """The passkeys."""

    @property
    def sign_ins(self) -> SignInRows:
        """The sign-ins."""

    @property
    def shares(self) -> ShareRows:
        """The shares."""

    @property
    def audit(self) -> AuditRows:
        """What everybody did."""

    @property
    def usage(self) -> UsageRows:
        """What is counted for quotas."""

    @property
    def saved_views(self) -> SavedViewRows:
        """The views that users keep."""
