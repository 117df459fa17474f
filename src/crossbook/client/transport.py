"""What the two REST clients share: who they are, how long they try, and how a call becomes a request."""

from typing import Any, Final

import httpx

from crossbook.client.calls import Call
from crossbook.core import UsageError

DEFAULT_URL: Final = "http://localhost:8000"
CONNECTIONS_MAX: Final = 20
"""Connections that a client keeps; further requests wait for one."""


def credentials(api_key: str | None, token: str | None) -> dict[str, str]:
    """Return the headers that say who asks.

    Raises:
        UsageError: Both are given.
    """
    if api_key and token:
        raise UsageError("a client signs in with an API key or with a token, not with both")
    if api_key:
        return {"X-API-Key": api_key}
    return {"Authorization": f"Bearer {token}"} if token else {}


def checked_url(url: str) -> str:
    """Return the address of a venue, without a slash at the end.

    Raises:
        UsageError: It is no such address, or holds a secret.
    """
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise UsageError(f"the address of a venue looks like {DEFAULT_URL}, not {url}") from None
    if parsed.userinfo or parsed.query:
        raise UsageError("the address of a venue holds no secrets and no query")
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        raise UsageError(f"the address of a venue looks like {DEFAULT_URL}, not {url}")
    return url.rstrip("/")


def settings(url: str, api_key: str | None, token: str | None, timeout_s: float) -> dict[str, Any]:
    """Return the arguments of an HTTP client of `httpx`."""
    return {
        "base_url": checked_url(url),
        "headers": {"Accept": "application/json", **credentials(api_key, token)},
        "timeout": httpx.Timeout(timeout_s),
        "limits": httpx.Limits(max_connections=CONNECTIONS_MAX),
    }


def arguments(call: Call[Any]) -> dict[str, Any]:
    """Return the arguments of a request of `httpx`."""
    found: dict[str, Any] = {"method": call.method, "url": call.path, "params": call.query}
    if call.body is not None:
        found |= {"content": call.body, "headers": {"Content-Type": "application/json"}}
    return found
