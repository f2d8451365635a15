"""What those who manage a library change is in its audit with what it was done to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.integration.api.people import People, people
from tests.integration.api.served import LEASE, Served, SteeredApp, listening, settings_in, until

from twolane.config.settings import BackupSettings
from twolane.facts import CORRESPONDENT, FieldSource, FieldValue
from twolane.store.admitted import AuditFilter

API = "/api/v1"
MANAGED: tuple[tuple[str, str, Any, str], ...] = (
    ("POST", "/users", {"name": "eve", "password": "some words of eve"}, "eve role=default"),
    ("PATCH", "/users/ben", {"role": "admin", "password": "other words of ben"}, "ben role=admin password"),
    ("DELETE", "/users/ben/sign-ins", None, "ben"),
    ("PUT", "/groups/family", {"members": ["ada", "ben"]}, "family: ada, ben"),
    (
        "PUT",
        "/shares",
        {"kind": "category", "place": "legal", "audience": ["ada"]},
        "category legal with ada",
    ),
    ("POST", "/shares/unset", {"kind": "category", "place": "legal"}, "category legal"),
    ("POST", "/tokens", {"name": "scanner", "rights": ["add"], "user": "ada"}, "scanner: add for ada"),
    ("POST", "/tokens/scanner/revoke", None, "scanner"),
    ("POST", "/exclusions", {"kind": "path", "value": "/nowhere"}, "path /nowhere"),
    ("DELETE", "/plans/nothing", None, "nothing"),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with people(tmp_path_factory.mktemp("office"), {"lease.txt": LEASE}) as running:
        yield running


def test_what_is_managed_has_its_target(office: People) -> None:
    # when
    with office.as_user("root") as root:
        for method, path, body, _ in MANAGED:
            answer = root.request(method, f"{API}{path}", json=body)
            assert answer.status_code < 300 or path == "/plans/nothing", answer.text

    # then
    until(lambda: len(told(office)) >= len(MANAGED))
    assert [(one["detail"], one["target"]) for one in told(office)[::-1]] == [
        (f"{method} {API}{path}", target) for method, path, _, target in MANAGED
    ]


def test_what_somebody_changes_of_their_own_account_is_there(office: People) -> None:
    # when
    with office.as_user("ada") as ada:
        assert ada.put(f"{API}/session/settings", json={"settings": {"language": "fr"}}).status_code == 200
        ada.put(f"{API}/session/password", json={"old": "", "new": "other words of ada"})
        ada.delete(f"{API}/passkeys/unknown")

    # then
    until(lambda: len(told(office, user="ada", act="changed")) >= 3)
    assert [(one["detail"], one["target"]) for one in told(office, user="ada", act="changed")[::-1]] == [
        (f"PUT {API}/session/settings", ""),
        (f"PUT {API}/session/password", ""),
        (f"DELETE {API}/passkeys/unknown", "unknown"),
    ]


def test_what_is_changed_of_correspondents_has_its_target(tmp_path: Path) -> None:
    # given: two letters, each of a sender of its own
    files = {
        f"{name}.txt": f"{name} Ltd\n\nDear Ada,\n\nyours\n{name} Ltd\n" for name in ("Harbour", "Meadow")
    }
    with people(tmp_path / "office", files) as office, office.as_user("root") as root:
        with office.app.store.writing() as write:
            for name in ("Harbour", "Meadow"):
                document = office.app.library.file_at(tmp_path / "office" / "documents" / f"{name}.txt")
                assert document is not None
                said = FieldValue(CORRESPONDENT, f"{name} Ltd", 1.0, FieldSource.PERSON)
                write.decide_field(document.document, said, "root")
        one, other = (each["correspondent_id"] for each in root.get(f"{API}/correspondents").json()[:2])

        # when
        root.put(f"{API}/correspondents/{one}", json={"name": "The harbour"})
        root.post(f"{API}/correspondents/{one}/merge", json={"other": other})
        [*_, change] = root.get(f"{API}/correspondents/changes").json()
        root.post(f"{API}/correspondents/undo")

        # then
        until(lambda: len(told(office)) >= 3)
        assert [one["target"] for one in told(office)[::-1]] == [
            f"{one} to The harbour",
            f"{one} with {other}",
            f"change {change['change_id']}: {change['kind']} of {one}",
        ]


def test_a_backup_that_was_made_is_named(tmp_path: Path) -> None:
    # given
    settings = settings_in(tmp_path / "library")
    (tmp_path / "kept").mkdir()
    kept = BackupSettings.model_validate({"folder": str(tmp_path / "kept")})
    server = settings.server.model_copy(update={"login": True})
    with SteeredApp(settings.model_copy(update={"server": server, "backup": kept})) as app:
        app.access.users.add("root")
        with listening(app) as url, People(Served(app, url, tmp_path)).as_user("root") as root:
            # when
            made = root.post(f"{API}/backups").json()

        # then
        until(lambda: app.access.audit.newest(AuditFilter(), limit=1))
        [event] = app.access.audit.newest(AuditFilter(), limit=9)
    assert event.target == made["path"]


def told(office: People, **asked: str) -> list[dict[str, Any]]:
    with office.as_user("root") as root:
        answer = root.get(f"{API}/audit", params={"act": "managed", **asked})
    events: list[dict[str, Any]] = answer.json()["events"]
    return events
