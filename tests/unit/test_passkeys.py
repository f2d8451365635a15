"""Passkeys at several servers of one library: what one has asked for another takes, once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from twolane.access.passkeys import Challenge, Passkeys, Site
from twolane.access.users import Users
from twolane.errors import ConflictError, PasswordError
from twolane.store.sqlite.store import open_sqlite

SITE = Site("papers.test", "https://papers.test")
PRESENT, VERIFIED, ATTESTED = 1, 4, 64


@dataclass
class Device:
    """What a telephone does: it makes a key for a site, and signs what it is given."""

    name: bytes = b"a key of this device"
    count: int = 0
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def made(self, challenge: Challenge, site: Site = SITE) -> dict[str, Any]:
        """Return a new key, as a browser sends it."""
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        of_key = bytes(16) + len(self.name).to_bytes(2, "big") + self.name + cbor2.dumps(public)
        about = self._about(site, PRESENT | VERIFIED | ATTESTED) + of_key
        attested = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": about})
        said = _said("webauthn.create", challenge, site)
        return self._sent({"clientDataJSON": said, "attestationObject": attested})

    def signed(self, challenge: Challenge, site: Site = SITE) -> dict[str, Any]:
        """Return a challenge that this device has signed, as a browser sends it."""
        self.count += 1
        about, said = self._about(site, PRESENT | VERIFIED), _said("webauthn.get", challenge, site)
        signature = self.key.sign(about + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._sent({"clientDataJSON": said, "authenticatorData": about, "signature": signature})

    def _about(self, site: Site, flags: int) -> bytes:
        return hashlib.sha256(site.name.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _sent(self, response: Mapping[str, bytes]) -> dict[str, Any]:
        shown = {name: bytes_to_base64url(value) for name, value in response.items()}
        name = bytes_to_base64url(self.name)
        return {"id": name, "rawId": name, "type": "public-key", "response": shown}


def _said(kind: str, challenge: Challenge, site: Site) -> bytes:
    asked = bytes_to_base64url(base64url_to_bytes(challenge.options["challenge"]))
    return json.dumps({"type": kind, "challenge": asked, "origin": site.origin}).encode()


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Passkeys, Passkeys]]:
    """Yield the passkeys of two servers of one library, whose users are ada and ben."""
    stores = [open_sqlite(tmp_path / "library.db", max_attempts=3, backoff_s=1.0) for _ in range(2)]
    for name in ("ada", "ben"):
        Users(stores[0]).add(name)
    one, other = (Passkeys(store, Users(store)) for store in stores)
    yield one, other
    for store in stores:
        store.close()


def test_what_one_server_has_asked_for_another_takes_once(servers: tuple[Passkeys, Passkeys]) -> None:
    # given
    one, other = servers
    phone = Device()
    adding = one.begin_adding("ada", SITE)
    other.add("ada", adding.challenge_id, phone.made(adding), "telephone", SITE)
    asked, later = one.begin_sign_in(SITE), one.begin_sign_in(SITE)
    signed = phone.signed(asked)

    # when
    user = other.user_of(asked.challenge_id, signed, SITE)

    # then: neither is what was sent good again, nor another count for what was asked before
    assert user.name == "ada"
    for server in servers:
        with pytest.raises(PasswordError):
            server.user_of(asked.challenge_id, signed, SITE)
        with pytest.raises(PasswordError):
            server.user_of(asked.challenge_id, phone.signed(asked), SITE)
        with pytest.raises(ConflictError):
            server.add("ada", adding.challenge_id, phone.made(adding), "again", SITE)
    assert one.user_of(later.challenge_id, phone.signed(later), SITE).name == "ada"


def test_a_challenge_is_for_one_purpose_one_user_and_one_site(servers: tuple[Passkeys, Passkeys]) -> None:
    # given
    one, other = servers
    phone, elsewhere = Device(), Site("papers.test", "https://papers.test:8443")
    for_ada, for_ben = one.begin_adding("ada", SITE), one.begin_adding("ben", SITE)

    # when / then
    with pytest.raises(PasswordError):
        other.add("ben", for_ada.challenge_id, phone.made(for_ada), "", SITE)
    with pytest.raises(PasswordError):
        one.add("ben", for_ben.challenge_id, phone.made(for_ben, elsewhere), "", SITE)
    one.add("ben", for_ben.challenge_id, phone.made(for_ben), "", SITE)
    asked = other.begin_sign_in(SITE)
    for wrong in (one.begin_adding("ben", SITE), Challenge("1.x", asked.options)):
        with pytest.raises(PasswordError):
            one.user_of(wrong.challenge_id, phone.signed(wrong), SITE)
    with pytest.raises(PasswordError):
        one.user_of(asked.challenge_id, phone.signed(asked, elsewhere), SITE)
    assert one.user_of(asked.challenge_id, phone.signed(asked), SITE).name == "ben"


def test_a_copied_key_whose_counter_stands_behind_is_refused(servers: tuple[Passkeys, Passkeys]) -> None:
    # given
    one, other = servers
    phone = Device(count=5)
    adding = one.begin_adding("ada", SITE)
    one.add("ada", adding.challenge_id, phone.made(adding), "", SITE)
    first, second = one.begin_sign_in(SITE), one.begin_sign_in(SITE)
    one.user_of(first.challenge_id, phone.signed(first), SITE)

    # when
    phone.count = 2

    # then
    with pytest.raises(PasswordError):
        other.user_of(second.challenge_id, phone.signed(second), SITE)
