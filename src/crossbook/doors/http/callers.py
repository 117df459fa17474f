"""Who asks, and from where: what the headers of a request say of it."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address
from typing import Any, Final, TypeAlias

from crossbook.core import ConfigError
from crossbook.doors.http.venue_face import GateFace
from crossbook.venue.principal import Principal
from crossbook.venue.refusals import NOT_SIGNED_IN, Refused

Headers: TypeAlias = Mapping[bytes, bytes]
Network: TypeAlias = IPv4Network | IPv6Network

API_KEY: Final = b"x-api-key"
AUTHORIZATION: Final = b"authorization"
FORWARDED_FOR: Final = b"x-forwarded-for"
KEY_PREFIX: Final = "ms_"
SECRET_BYTES_MAX: Final = 4_096
"""Nothing longer is a key or a token of ours, so that nobody looks at it."""
ADDRESS: Final = "crossbook.address"
"""The key of an ASGI scope under which the outermost door leaves the client's address."""
NOWHERE: Final = "unknown"
"""The address of a client that has none, such as one behind a Unix socket."""

_SINGLE: Final = (API_KEY, AUTHORIZATION, b"content-type", b"origin")


def headers_of(pairs: Sequence[tuple[bytes, bytes]]) -> Headers:
    """Return the headers by name.

    Raises:
        Refused: One that must be alone stands twice: nobody could say which of them counts.
    """
    headers = dict(pairs)
    if len(headers) != len(pairs):
        for name in _SINGLE:
            if sum(name == other for other, _ in pairs) > 1:
                raise Refused(NOT_SIGNED_IN, f"the header {name.decode()} stands twice", 401)
    return headers


def caller(gate: GateFace, headers: Headers) -> Principal | None:
    """Return who asks; none where the request does not say.

    Raises:
        Refused: What it says is not true, or two headers name two people.
    """
    key = headers.get(API_KEY)
    bearer = headers.get(AUTHORIZATION)
    if key is None and bearer is None:
        return None
    by_key = None if key is None else _by_secret(gate, key)
    if bearer is None:
        return by_key
    scheme, _, secret = bearer.partition(b" ")
    if scheme.lower() != b"bearer":
        raise Refused(NOT_SIGNED_IN, "the header authorization is not of the form: Bearer TOKEN", 401)
    by_bearer = _by_secret(gate, secret.strip(), is_token=True)
    if by_key is not None and by_key.user_id != by_bearer.user_id:
        raise Refused(NOT_SIGNED_IN, "the two headers authorization and x-api-key name two users", 401)
    return by_bearer


def must_be_signed_in() -> Refused:
    """Return the refusal of a request that does not say who asks."""
    return Refused(NOT_SIGNED_IN, "sign in: send Authorization: Bearer TOKEN, or X-API-Key: KEY", 401)


def _by_secret(gate: GateFace, secret: bytes, *, is_token: bool = False) -> Principal:
    if len(secret) > SECRET_BYTES_MAX or not secret.isascii():
        raise Refused(NOT_SIGNED_IN, "the key or token is not one of ours", 401)
    text = secret.decode("ascii")
    # Many programs know no other header than Authorization, so a key is taken there too.
    if is_token and not text.startswith(KEY_PREFIX):
        return gate.by_token(text)
    return gate.by_api_key(text)


class Proxies:
    """The reverse proxies whose word about a client's address is believed.

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
