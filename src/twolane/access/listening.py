"""Where a server may listen: beyond this machine only where people sign in, and nobody can read along."""

from __future__ import annotations

from twolane.config.server_settings import ServerSettings
from twolane.errors import SettingsError
from twolane.system.networks import is_loopback

_MAKE_A_USER = "make the first user: twolane users add NAME"


def check_listening(host: str, server: ServerSettings, *, has_users: bool) -> None:
    """Raise `SettingsError` where a server at this address would let in by accident who should not be."""
    if bool(server.tls_certificate) != bool(server.tls_key):
        raise SettingsError(
            "server.tls_certificate and server.tls_key go together, and one is not set", "set both, or none"
        )
    if has_users and not server.login:
        raise SettingsError(
            "this library has users, and without a login everybody would see and change what is theirs",
            "leave out --no-login, and server.login = false",
        )
    if is_loopback(host):
        return
    where = f"at {host} other machines reach the server"
    if not server.login and not server.proxies:
        raise SettingsError(
            f"{where}, and without a login everybody who does may see and change everything",
            "name the proxy that lets people in, such as server.proxies = 172.30.0.1, or leave login on",
        )
    if not server.proxies and not server.tls_certificate:
        raise SettingsError(
            f"{where}, and without TLS everybody on the way can read along",
            "name the proxy in front that has TLS (server.proxies), or set server.tls_certificate and "
            "server.tls_key; --host 127.0.0.1 serves this machine alone",
        )
    if server.login and not has_users:
        raise SettingsError(f"{where}, and this library has no users yet", _MAKE_A_USER)
