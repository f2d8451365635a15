"""Mails of a real Dovecot: taken once with what is attached, while nothing there is changed."""

from __future__ import annotations

import errno
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any, NoReturn

import pytest
from standins.brokers import wait_until
from standins.dovecot import PASSWORD, DovecotServer
from standins.program import Program
from tests.integration.api.served import settings_in

from twolane.app import App, open_app
from twolane.config.server_settings import ServerSettings
from twolane.config.settings import MailAccount
from twolane.doctor import checkup
from twolane.errors import SettingsError
from twolane.mail import mailbox
from twolane.mail.standing import MailStanding

Account = Callable[..., MailAccount]


@pytest.fixture(scope="module")
def server() -> Iterator[DovecotServer]:
    running = DovecotServer()
    running.start()
    yield running
    running.close()


@pytest.fixture
def account(server: DovecotServer, request: pytest.FixtureRequest) -> Account:
    """Return what makes an account of a folder that is this test's own."""

    def make(folder: str = request.node.name[5:40], **given: Any) -> MailAccount:
        usual = {"url": server.url, "password": PASSWORD, "ca_file": server.ca_file, "folder": folder}
        return MailAccount.model_validate({**usual, **given})

    return make


def app_with(place: Path, *accounts: MailAccount, limit_bytes: int = 100 << 20) -> App:
    settings = settings_in(place).model_copy(
        update={"mail": accounts, "server": ServerSettings(upload_limit_bytes=limit_bytes)}
    )
    return open_app(settings)


def mail(subject: str, *, number: int = 1, text: str = "words", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = f"<{number}@post.example>"
    message["From"] = "Zoë <zoe@post.example>"
    message["Date"] = "Fri, 06 Mar 2026 10:00:00 +0100"
    message["Subject"] = subject
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    return message


def deliver(server: DovecotServer, to: MailAccount, *mails: EmailMessage | bytes) -> None:
    for number, one in enumerate(mails):
        content = one if isinstance(one, bytes) else one.as_bytes()
        server.deliver(content, f"{number:06}.{os.urandom(4).hex()}", to.folder)


def names(app: App) -> list[str]:
    return sorted(record.path.name for record in app.library.find().files)


def fetch(app: App) -> list[MailStanding]:
    return list(app.mails.fetch())


def test_a_mail_and_its_documents_are_taken_and_nothing_is_changed_there(
    server: DovecotServer, account: Account, tmp_path: Path
) -> None:
    # given: names in any script, a picture within its text, a signature, and twenty further pages
    message = mail("Rechnung Größe 合同/№ 7", text="see attached")
    message.add_alternative('<p>see <img src="cid:logo"></p>', subtype="html")
    page = next(part for part in message.walk() if part.get_content_type() == "text/html")
    assert isinstance(page, EmailMessage)
    page.add_related(b"\x89PNG logo", "image", "png", cid="<logo>", filename="logo.png")
    for number in range(20):
        message.add_attachment(
            b"%PDF-1.4 " + bytes([number]), "application", "pdf", filename=f"счёт {number}.pdf"
        )
    message.add_attachment(b"%PDF-1.4 no name", "application", "pdf")
    message.add_attachment(b"%PDF-1.4 long", "application", "pdf", filename="合" * 250 + ".pdf")
    message.add_attachment(b"signed", "application", "pgp-signature", filename="signature.asc")
    message.add_attachment("BEGIN:VCARD", "vcard", filename="zoe.vcf")
    passed_on = mail("passed on")
    passed_on.add_attachment(b"%PDF-1.4 within", "application", "pdf", filename="within.pdf")
    message.add_attachment(passed_on)
    odd = "Content-Type: text/plain; charset=x-unknown\nSubject: =?koi8-r?B?8NLJ18XU?=\n\nödd".encode(
        "latin-1"
    )
    to = account()
    deliver(server, to, message, odd)
    before = sorted(server.folder(to.folder).glob("*/*"))

    # when
    with app_with(tmp_path, to) as app:
        [news] = app.mails.check()
        [standing] = fetch(app)
        kept = names(app)
        folders = {record.path.parent for record in app.library.find().files}
        again = fetch(app)

    # then
    assert (news.mails, news.error) == (2, "")
    assert news.first[0].subject == "Rechnung Größe 合同/№ 7"
    assert (standing.taken, standing.left, standing.error) == (2, 0, "")
    about = "2026-03-06 Rechnung Größe 合同_№ 7"
    assert [name for name in kept if name.startswith(about)] == sorted(
        [
            f"{about}.eml",
            about,
            *(f"{about} - счёт {number}.pdf" for number in range(20)),
            f"{about} - within.pdf",
            f"{about} - {'合' * 25}.pdf",
        ]
    )
    assert [name for name in kept if not name.startswith(about)] == ["Привет.eml"]
    assert [folder.relative_to(tmp_path).parts[:2] for folder in folders] == [
        ("mail", "ada@post.example at localhost")
    ]
    assert [one.taken for one in again] == [2]
    assert (
        sorted(server.folder(to.folder).glob("*/*")) == before
    )  # neither moved nor marked as seen or recent


def test_mails_numbered_anew_and_mails_in_two_folders_are_taken_once(
    server: DovecotServer, account: Account, tmp_path: Path
) -> None:
    # given
    one, other = account("first"), account("second")
    deliver(server, one, mail("a", number=1), mail("b", number=2))
    deliver(server, other, mail("b", number=2, Received="by another way"))

    with app_with(tmp_path, one, other) as app:
        before = fetch(app)

        # when
        server.forget_numbers(one.folder)
        deliver(server, one, mail("c", number=3))
        after = fetch(app)

        # then
        assert [each.taken for each in before] == [2, 0]
        assert [each.taken for each in after] == [3, 0]
        assert after[0].validity != before[0].validity
        assert names(app) == ["2026-03-06 a.eml", "2026-03-06 b.eml", "2026-03-06 c.eml"]


def test_a_killed_fetch_goes_on_where_it_was_and_nothing_is_there_twice(
    server: DovecotServer, account: Account, tmp_path: Path
) -> None:
    # given
    to = account()
    deliver(
        server,
        to,
        *(mail(f"mail {number % 7}", number=number, text=f"text {number}") for number in range(80)),
    )
    table = to.model_dump_json(exclude={"password", "from_day"}, exclude_none=True)
    tables = f'[{table[:-1]}, "password": {json.dumps(PASSWORD)}}}]'
    program = Program(tmp_path, env={"TWOLANE_MAIL": tables})
    kept = program.data_dir / "mail"

    # when
    for share in (10, 50):
        running = subprocess.Popen(program.command("mail", "fetch"), **program.place)
        wait_until(lambda: len(list(kept.rglob("*.eml"))) >= share, "some mails are taken")  # noqa: B023
        running.kill()
        running.wait()
    [standing] = program.ok("mail", "fetch", "--json").values
    [told] = program.ok("mail", "status", "--json").values

    # then
    files = list(kept.rglob("*.eml"))
    assert len(files) == 80
    assert len({file.read_bytes() for file in files}) == 80
    assert not list(program.data_dir.glob(".mail-*"))
    assert standing["uid"] == told["uid"] == 80


def test_a_large_mail_comes_in_pieces_and_one_beyond_the_limit_is_left(
    server: DovecotServer, account: Account, tmp_path: Path
) -> None:
    # given
    to, content = account(), os.urandom(1 << 20) * 9
    large = mail("large", number=1)
    large.add_attachment(content, "application", "pdf", filename="scan.pdf")
    deliver(server, to, large)

    # when
    with app_with(tmp_path / "small", to, limit_bytes=1 << 20) as app:
        [left] = fetch(app)
        none = names(app)
    with app_with(tmp_path / "large", to) as app:
        [taken] = fetch(app)
        [scan] = [record.path for record in app.library.find().files if record.path.suffix == ".pdf"]

    # then
    assert (left.taken, left.left, left.error, none) == (0, 1, "", [])
    assert (taken.taken, taken.left) == (1, 0)
    assert scan.read_bytes() == content


def test_a_mail_that_breaks_what_takes_it_apart_is_kept_as_it_is(
    server: DovecotServer, account: Account, tmp_path: Path
) -> None:
    # given: containers within containers without end, and a mail like any other behind it
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(20_000))
    to = account()
    deliver(server, to, b"Message-ID: <deep>\nSubject: deep\n" + deep, mail("next", number=9))

    # when
    with app_with(tmp_path, to) as app:
        [standing] = fetch(app)

        # then
        assert standing.taken == 2
        assert names(app)[0] == "2026-03-06 next.eml"
        assert len(names(app)) == 2


def test_a_disk_without_room_is_told_and_the_mail_is_taken_later(
    server: DovecotServer, account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    to = account()
    deliver(server, to, mail("once"))

    def full(*_: object) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    # when
    with app_with(tmp_path, to) as app:
        with monkeypatch.context() as patched:
            patched.setattr(mailbox.Mailbox, "content", full)
            [failed] = fetch(app)
        [later] = fetch(app)

    # then
    assert "No space left" in failed.error
    assert failed.remedy
    assert (failed.taken, later.taken, later.error) == (0, 1, "")


def test_older_mails_are_left_alone(server: DovecotServer, account: Account, tmp_path: Path) -> None:
    # given: the server goes by the day of delivery
    to = account(from_day="2099-01-01")
    deliver(server, to, mail("old"))

    # when
    with app_with(tmp_path, to) as app:
        [standing] = fetch(app)

        # then
        assert (standing.taken, names(app), standing.error) == (0, [], "")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "wrong"}, "refuses the user"),
        ({"ca_file": None}, "not trusted"),
        ({"folder": "nowhere"}, "exist"),
        ({"url": "imaps://ada@localhost:1"}, "cannot be reached"),
        ({"url": "imaps://ada@nowhere.invalid"}, "cannot be reached"),
    ],
)
def test_what_is_wrong_is_said_and_the_password_is_not(
    account: Account, tmp_path: Path, given: dict[str, Any], said: str
) -> None:
    # when
    with app_with(tmp_path, account(**given)) as app:
        [news] = app.mails.check()
        [standing] = fetch(app)

    # then
    assert said in news.error
    assert said in standing.error
    assert standing.remedy
    assert PASSWORD not in f"{news}{standing}{account(**given)}"


def test_tls_is_turned_on_or_nothing_is_sent(server: DovecotServer, account: Account, tmp_path: Path) -> None:
    # given
    deliver(server, account(), mail("over STARTTLS"))
    without = DovecotServer(tls=False)
    without.start()

    # when
    with app_with(tmp_path, account(url=server.plain_url), account(url=without.plain_url)) as app:
        over_tls, refused = fetch(app)
    without.close()

    # then
    assert (over_tls.taken, over_tls.error) == (1, "")
    assert "offers no STARTTLS" in refused.error


def test_of_two_processes_one_takes_the_mails(
    server: DovecotServer, account: Account, tmp_path: Path
) -> None:
    # given
    to = account()
    deliver(server, to, mail("once"))

    # when
    with app_with(tmp_path, to) as app, app_with(tmp_path, to) as other:
        told: list[MailStanding] = []

        def ask_the_other() -> bool:
            told.append(other.mails.take(to))
            return True

        taken = app.mails.take(to, ask_the_other)
        later = other.mails.take(to)

    # then
    assert "another process" in told[0].error
    assert (taken.taken, taken.error) == (later.taken, later.error) == (1, "")


class Hostile:
    """A server that greets, and then answers as a test says: when a folder is opened, and later."""

    def __init__(self, answer: bytes, later: bytes | None = None) -> None:
        self._answer = answer
        self._later = answer if later is None else later
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"imap+insecure://ada@127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        connection = self._listener.accept()[0]
        with connection, connection.makefile("rb") as commands:
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1] hello\r\n")
            for line in commands:
                tag, _, command = line.partition(b" ")
                if command.startswith((b"LOGIN", b"CAPABILITY")):
                    connection.sendall(b"* CAPABILITY IMAP4rev1\r\n" + tag + b" OK done\r\n")
                    continue
                answer = self._answer if command.startswith(b"EXAMINE") else self._later
                try:
                    connection.sendall(answer.replace(b"TAG", tag))
                except OSError:
                    return

    def close(self) -> None:
        self._thread.join(30)
        self._listener.close()


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (BODY[] {99999999999}\r\n",
        b"* OK " + b"x" * 2_000_000 + b"\r\n",
        b"* OK [UIDVALIDITY x] [UIDNEXT -1]\r\n" * 3 + b"TAG OK\r\n",
        b"* (((((\r\nTAG OK\r\n",
        b"TAG BAD \xff\xfe\r\n",
        b"* BYE later\r\n",
        b"* SEARCH nonsense 5\r\n* 1 FETCH (UID x)\r\nTAG OK done\r\n",
        b"",
    ],
)
def test_a_hostile_or_silent_server_costs_neither_memory_nor_the_program(
    tmp_path: Path, answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(mailbox, "READ_TIMEOUT_S", 0.5)
    server = Hostile(answer)

    # when
    with app_with(tmp_path, MailAccount(url=server.url)) as app:
        [standing] = fetch(app)
        kept = names(app)
    server.close()

    # then
    assert kept == []
    assert standing.taken == 0
    assert standing.error or b"SEARCH" in answer or b"OK\r\n" in answer


def test_a_server_with_more_mails_than_numbers_is_not_asked_for_ever(tmp_path: Path) -> None:
    # given
    opened = b"* OK [UIDNEXT 9223372036854775806] next\r\nTAG OK done\r\n"
    server = Hostile(opened, later=b"* SEARCH 0\r\nTAG OK done\r\n")

    # when
    with app_with(tmp_path, MailAccount(url=server.url)) as app:
        [standing] = fetch(app)
    server.close()

    # then
    assert (standing.taken, standing.error) == (0, "")


def test_rounds_take_what_comes_and_outlive_their_server(account: Account, tmp_path: Path) -> None:
    # given
    server = DovecotServer()
    server.start()
    to = account(url=server.url, ca_file=server.ca_file, every_s=0.1)
    deliver(server, to, mail("before", number=1))

    # when
    with app_with(tmp_path, to) as app:
        app.mails.start()
        wait_until(lambda: app.mails.standings()[0].taken == 1, "the first is taken")
        server.kill()
        wait_until(lambda: app.mails.standings()[0].error, "the failure is told")
        deliver(server, to, mail("after", number=2))
        server.start()
        wait_until(lambda: app.mails.standings()[0].taken == 2, "the second is taken")
        wait_until(lambda: not app.mails.standings()[0].error, "all is well again")
    server.close()

    # then
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("mail of")]


def test_what_is_missing_is_named_and_doctor_tells_how_a_mailbox_stands(
    account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setitem(sys.modules, "imapclient", None)

    # when
    with app_with(tmp_path, account()) as app:
        [unseen] = [each for each in checkup(app) if "mail of" in each.what]
        [news] = app.mails.check()
        fetch(app)
        failing = [each for each in checkup(app) if "twolane[mail]" in each.remedy]
    with app_with(tmp_path / "other") as app, pytest.raises(SettingsError, match="no mailbox"):
        fetch(app)

    # then
    assert unseen.level == "warning"
    assert news.remedy == "run: pip install 'twolane[mail]'"
    assert [each.level for each in failing] == ["warning"]
