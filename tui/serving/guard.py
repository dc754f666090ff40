"""Who may talk to the server: the token, Host and Origin checks that textual-serve does not make.

Drills run code, so whoever can open the page can run code as the learner. Three things keep others out:

- the token, 192 random bits in the path of every address: other users of this machine do not know it;
- the Host check: a name that an attacker's DNS points at this machine (DNS rebinding) is refused;
- the Origin check: a page of another site cannot connect, not even one that learned the token.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address

LOOPBACK = "127.0.0.1"
_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


def new_token() -> str:
    """Fit for a path, and for copying by hand as a whole word."""
    return secrets.token_hex(24)


def is_loopback(address: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(address.strip("[]")).is_loopback
    except ValueError:
        return address == "localhost"


def is_wildcard(address: str) -> bool:
    """Whether it stands for all addresses of the machine, which no browser could ask for by that name."""
    try:
        return ip_address(address.strip("[]")).is_unspecified
    except ValueError:
        return False


def in_url(address: str) -> str:
    """An address or a name as it is written in a URL: IPv6 in brackets."""
    try:
        return f"[{address}]" if ip_address(address).version == 6 else address
    except ValueError:
        return address


def is_name(text: str) -> bool:
    """Whether it is a host, with a port or without."""
    return re.fullmatch(r"([\w.-]+|\[[\da-fA-F:.]+\])(:\d{1,5})?", in_url(text), re.ASCII) is not None


@dataclass(frozen=True)
class Guard:
    """What a request must have. `names` are hosts without a port; each is taken with `port`, or as it is when it has its own."""

    token: str
    port: int
    names: tuple[str, ...] = ()

    @property
    def hosts(self) -> frozenset[str]:
        """The values that a Host header may have."""
        return frozenset(self.with_port((*_LOOPBACK_NAMES, *self.names)))

    def with_port(self, names: Iterable[str]) -> Iterator[str]:
        """The names as a browser sends them."""
        for name in names:
            host = in_url(name).lower()
            has_port = re.search(r":\d+$", host) is not None
            yield host if has_port else f"{host}:{self.port}"
            if not has_port and self.port == 80:
                yield host  # a browser leaves out the usual port

    def knows(self, token: str) -> bool:
        """Compared in constant time."""
        return hmac.compare_digest(token.encode(), self.token.encode())

    def takes_host(self, host: str | None) -> bool:
        return host is not None and host.lower() in self.hosts

    def takes_origin(self, origin: str | None, host: str) -> bool:
        """Whether a page of this origin is our own, as it was asked for under `host`."""
        return origin is not None and origin.lower() in {f"http://{host.lower()}", f"https://{host.lower()}"}
