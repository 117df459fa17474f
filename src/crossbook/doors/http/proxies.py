"""Reverse proxies, and what they are believed: where a request comes from, and how it was asked for."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final, TypeAlias

from crossbook.core import ConfigError

Headers: TypeAlias = Mapping[bytes, bytes]
Network: TypeAlias = IPv4Network | IPv6Network

FORWARDED_FOR: Final = b"x-forwarded-for"
FORWARDED_PROTO: Final = b"x-forwarded-proto"
NOWHERE: Final = "unknown"
"""The address of a client that has none, such as one behind a Unix socket."""


class Proxies:
    """The reverse proxies whose word about a client is believed.

    Args:
        trusted: Addresses or networks, such as `127.0.0.1` or `10.0.0.0/8`.

    Raises:
        ConfigError: One of them is neither.
    """

    __slots__ = ("_networks",)

    def __init__(self, trusted: Sequence[str] = ()) -> None:
        self._networks: Final = tuple(_network(text) for text in trusted)

    def address(self, scope: Mapping[str, Any], headers: Headers) -> str:
        """Return where a request comes from.

        Without proxies it is the peer. With them, the header is read from its end, and the first address that is no
        trusted proxy counts: what stands before it is hearsay.
        """
        client = scope.get("client")
        address: str = client[0] if client else NOWHERE
        if not self._networks or not self._trusts(address):
            return address
        for said in reversed(headers.get(FORWARDED_FOR, b"").decode("latin-1").split(",")):
            hop = said.strip()
            try:
                ip_address(hop)
            except ValueError:
                break
            address = hop
            if not self._trusts(hop):
                break
        return address

    def said(self, scope: Mapping[str, Any], headers: Headers, name: bytes) -> str | None:
        """Return what the nearest proxy says in a header; none where it says nothing, or is not trusted."""
        client = scope.get("client")
        if not self._networks or not client or not self._trusts(client[0]):
            return None
        return headers.get(name, b"").decode("latin-1").rpartition(",")[2].strip() or None

    def is_https(self, scope: Mapping[str, Any], headers: Headers) -> bool:
        """Say whether a request was made by https, as far as that is known."""
        scheme = self.said(scope, headers, FORWARDED_PROTO) or scope.get("scheme", "http")
        return scheme.lower() in {"https", "wss"}

    def _trusts(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def _network(text: str) -> Network:
    for kind in (IPv4Network, IPv6Network):
        try:
            return kind(text)
        except ValueError:
            continue
    raise ConfigError(f"trusted proxy {text!r}: expected an address or a network such as 10.0.0.0/8")
