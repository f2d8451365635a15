"""A real Dovecot for tests: an ordinary process on ports of its own, with TLS by a certificate of its own."""

from __future__ import annotations

import grp
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from standins.brokers import Server, free_port, missing

USER, PASSWORD = "ada@post.example", 'Spaß "am\\ Lesen'
_ACCOUNT = "dovenull"  # which the package makes: dovecot serves no mails to root
_CONFIGURATION = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/log
protocols = imap
listen = 127.0.0.1
first_valid_uid = 1
auth_failure_delay = 0
ssl = {tls}
ssl_cert = <{place}/cert.pem
ssl_key = <{place}/key.pem
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{place}/mail:LAYOUT=fs
mailbox_list_index = no
passdb {{
  driver = passwd-file
  args = {place}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={place}/home allow_all_users=yes
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
"""


class DovecotServer(Server):
    """One user with a mailbox: mails are delivered as files, which show what a client has done to them."""

    def __init__(self, *, tls: bool = True) -> None:
        super().__init__()
        program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            missing("dovecot")
        self._program = str(program)
        self.place = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.plain_port, self.tls_port = free_port(), free_port()
        self._account = pwd.getpwnam(_ACCOUNT) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self.ca_file = self.place / "cert.pem"
        _make_certificate(self.place)
        user, group = self._account.pw_name, grp.getgrgid(self._account.pw_gid).gr_name
        (self.place / "dovecot.conf").write_text(
            _CONFIGURATION.format(
                place=self.place,
                tls="yes" if tls else "no",
                plain_port=self.plain_port,
                tls_port=self.tls_port,
                user=user,
                group=group,
            )
        )
        (self.place / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}:::::\n", "utf-8")
        for name in ("mail", "home", "run", "state"):
            (self.place / name).mkdir()
        self.own(self.place)
        user = USER.replace("@", "%40")
        self.url = f"imaps://{user}@localhost:{self.tls_port}"
        self.plain_url = f"imap://{user}@localhost:{self.plain_port}"  # where TLS is turned on

    def command(self) -> list[str]:
        run = [self._program, "-F", "-c", str(self.place / "dovecot.conf")]
        if os.getuid():
            return run
        account = [f"--reuid={self._account.pw_uid}", f"--regid={self._account.pw_gid}"]
        return ["setpriv", *account, "--clear-groups", *run]

    def ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.plain_port), 1) as connection:
                return connection.recv(4) == b"* OK"
        except OSError:
            return False

    def folder(self, name: str = "INBOX") -> Path:
        """Return the folder of the disk that a folder of the mailbox is."""
        return self.place / "mail" if name == "INBOX" else self.place / "mail" / name

    def deliver(self, content: bytes, name: str, folder: str = "INBOX") -> Path:
        """Put a mail in, as a delivery does."""
        place = self.folder(folder)
        for part in ("tmp", "new", "cur"):
            (place / part).mkdir(parents=True, exist_ok=True)
        path = place / "new" / name
        path.write_bytes(content)
        self.own(place)
        return path

    def forget_numbers(self, folder: str = "INBOX") -> None:
        """Let the server number a folder's mails anew, as it does where its indexes are lost."""
        for path in self.folder(folder).glob("dovecot*"):
            path.unlink()

    def own(self, place: Path) -> None:
        """Give what tests have written to the account that serves it."""
        if os.getuid() == 0:
            for path in (place, *place.rglob("*")):
                os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def close(self) -> None:
        super().close()
        shutil.rmtree(self.place, ignore_errors=True)


def _make_certificate(place: Path) -> None:
    """Make a certificate for localhost that vouches for itself."""
    files = ["-keyout", str(place / "key.pem"), "-out", str(place / "cert.pem")]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    subprocess.run(
        ["openssl", "req", "-x509", "-days", "2", *key, *files, *names], check=True, capture_output=True
    )
