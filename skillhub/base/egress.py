"""The only module through which the program connects to another machine (the database aside).

A name is resolved once, every address that comes back is vetted, and the connection
goes to a vetted address while certificate and Host keep the name. There are no
redirects and no proxies; connecting, the whole exchange and the answer are limited.
Other modules that import a library for connections fail the build.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

CONNECT_SECONDS = 5.0
WHOLE_SECONDS = 30.0
ANSWER_BYTES = 64 * 1024
PUBLIC_PORTS = frozenset({80, 443})
_METADATA = frozenset(map(ipaddress.ip_address, ("169.254.169.254", "100.100.100.200", "fd00:ec2::254")))
_WRAPPING = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class EgressRefused(Exception):
    """We do not connect there; the code says why."""

    def __init__(self, code: str) -> None:
        """Keep the reason."""
        self.code = code
        super().__init__(code)


class Unreachable(Exception):
    """There was no connection, or it broke; the code says how. What the other side has heard is unknown."""

    def __init__(self, code: str) -> None:
        """Keep the reason."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True)
class Allowed:
    """Hosts that the operator has named in a setting: they may lie in the own network, on any port."""

    hosts: frozenset[str] = frozenset()
    ca_file: Path | None = None


@dataclass(frozen=True)
class Answer:
    """What an HTTP server has answered."""

    status: int
    body: bytes
    retry_after: str | None


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    allowed: Allowed,
    whole_seconds: float = WHOLE_SECONDS,
) -> Answer:
    """Send a body by POST and return the answer, whatever its status; a redirect is not followed.

    :raises EgressRefused: the address is one to which we do not connect.
    :raises Unreachable: no connection, no valid certificate, too slow, or an answer that is too long.
    """
    parts = target(url, allowed)
    host, port = parts.hostname or "", _port(parts)
    is_tls = parts.scheme == "https"
    made = http.client.HTTPSConnection if is_tls else http.client.HTTPConnection
    with connected(host, port, allowed=allowed) as plain, _said_plainly():
        live = [plain]
        with cut_after(whole_seconds, lambda: live[0]):
            if is_tls:
                live[0] = context(allowed).wrap_socket(plain, server_hostname=host)
            connection = made(host, port)
            connection.sock = live[0]
            try:
                path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
                connection.request("POST", path, body=body, headers=dict(headers))
                with connection.getresponse() as response:
                    read = response.read(ANSWER_BYTES + 1)
            finally:
                connection.close()
    if len(read) > ANSWER_BYTES:
        raise Unreachable("answer_too_long")
    return Answer(response.status, read, response.headers.get("Retry-After"))


def target(url: str, allowed: Allowed) -> SplitResult:
    """Take an address apart and refuse what is no plain http(s) address of a named server.

    :raises EgressRefused: it is none.
    """
    try:
        parts = urlsplit(url)
        port = _port(parts)
    except ValueError as error:
        raise EgressRefused("address_form") from error
    host = parts.hostname or ""
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise EgressRefused("address_form")
    if parts.scheme not in ("http", "https") or parts.username is not None or parts.password is not None:
        raise EgressRefused("address_form")
    check_host(host)
    if host not in allowed.hosts and port not in PUBLIC_PORTS:
        raise EgressRefused("port")
    if parts.scheme == "http" and not is_loopback(host):
        raise EgressRefused("not_https")
    return parts


def check_host(host: str) -> None:
    """Refuse what is no host name, and numbers that stand for an address without looking like one.

    :raises EgressRefused: it is none.
    """
    if _literal(host) is not None:
        return
    labels = host.split(".")
    last = labels[-1].lower()
    if not all(label and label.replace("-", "").replace("_", "").isalnum() for label in labels):
        raise EgressRefused("host_form")
    if last.isdigit() or last.startswith("0x"):
        raise EgressRefused("host_form")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine by its very name."""
    literal = _literal(host)
    return literal.is_loopback if literal is not None else host == "localhost"


def is_vetted(address: Address, *, is_named: bool) -> bool:
    """Tell whether we may connect to an address; what the operator named may lie in the own network."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    real = mapped or address
    if real in _METADATA or real.is_link_local or real.is_multicast or real.is_unspecified:
        return False
    if any(real in network for network in _WRAPPING if network.version == real.version):
        return False
    if is_named:
        return not real.is_reserved or real.is_loopback
    return real.is_global


@contextmanager
def connected(host: str, port: int, *, allowed: Allowed) -> Iterator[socket.socket]:
    """Hold a connection to one of a host's addresses, all of which have been vetted.

    :raises EgressRefused: one of them is not one to which we connect.
    :raises Unreachable: none of them answers.
    """
    addresses = _resolved(host, port)
    if not all(is_vetted(each, is_named=host in allowed.hosts) for each in addresses):
        raise EgressRefused("address_not_allowed")
    with _first_that_answers(addresses, port) as sock:
        sock.settimeout(WHOLE_SECONDS)
        yield sock


def context(allowed: Allowed) -> ssl.SSLContext:
    """Return how certificates are verified: by the system's authorities and the operator's own file."""
    made = ssl.create_default_context()
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if allowed.ca_file is not None:
        made.load_verify_locations(allowed.ca_file)
    return made


@contextmanager
def cut_after(seconds: float, live: Callable[[], socket.socket | None]) -> Iterator[None]:
    """End an exchange that takes longer than so many seconds in all, however slowly it drips.

    :param live: the socket at that moment (TLS puts another one in its place).
    :raises Unreachable: it was cut.
    """
    was_cut = threading.Event()

    def cut() -> None:
        was_cut.set()
        sock = live()
        if sock is not None:
            try:
                socket.socket.shutdown(sock, socket.SHUT_RDWR)  # TLS would say goodbye first, and wait
            except OSError:
                return

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if was_cut.is_set():
            raise Unreachable("timeout") from error
        raise
    finally:
        timer.cancel()
    if was_cut.is_set():
        raise Unreachable("timeout")


@contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise Unreachable("certificate") from error
    except ssl.SSLError as error:
        raise Unreachable("tls") from error
    except TimeoutError as error:
        raise Unreachable("timeout") from error
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable("broken_off") from error


def _port(parts: SplitResult) -> int:
    return parts.port if parts.port is not None else (443 if parts.scheme == "https" else 80)


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _resolved(host: str, port: int) -> list[Address]:
    literal = _literal(host)
    if literal is not None:
        return [literal]
    check_host(host)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable("name_unknown") from error
    return [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _first_that_answers(addresses: list[Address], port: int) -> socket.socket:
    reason = "name_unknown"
    for address in addresses:
        try:
            return socket.create_connection((str(address), port), timeout=CONNECT_SECONDS)
        except TimeoutError:
            reason = "timeout"
        except OSError:
            reason = "connection_refused"
    raise Unreachable(reason)
