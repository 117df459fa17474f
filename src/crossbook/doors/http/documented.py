"""How a control route is documented: examples of its answer, and what it refuses, in the words of the fast routes."""

from typing import Any, Final

REFUSAL_SCHEMA: Final = {"$ref": "#/components/schemas/Refusal"}

REFUSALS: Final[dict[int, tuple[str, str, str]]] = {
    400: (
        "The market or the venue refuses it.",
        "insufficient_cash",
        "Not enough free cash.",
    ),
    401: (
        "Nobody is signed in, or the key or token is not one of ours.",
        "not_signed_in",
        "sign in: send Authorization: Bearer TOKEN, or X-API-Key: KEY",
    ),
    403: ("Signed in, but not allowed.", "forbidden", "only administrators may do this"),
    404: (
        "There is no such thing; what is another's answers the same.",
        "not_found",
        "there is no such thing",
    ),
    405: ("The address does not take this method.", "method_not_allowed", "this address does not take PUT"),
    408: ("The request did not come in time.", "timed_out", "the request did not come within 10 seconds"),
    409: ("It is taken already.", "name_taken", "the name is taken"),
    413: ("The body is too long.", "too_large", "the body is longer than 16384 bytes"),
    415: (
        "The body is no JSON.",
        "unsupported_media_type",
        "the content type must be application/json in UTF-8",
    ),
    422: ("The request cannot be read.", "malformed", "quantity: expected `int | decimal`, got `bool`"),
    429: (
        "Over the rate; `Retry-After` says when to come again.",
        "rate_limited",
        "too many requests from this address",
    ),
    500: ("A defect of the venue.", "internal", "the venue failed to carry this out; the fault is logged"),
    503: (
        "Busy, stopping, or unable to keep anything; try again after `Retry-After`.",
        "busy",
        "the venue is busy: try again in a moment",
    ),
}

_HEADERS: Final[dict[int, dict[str, str]]] = {
    401: {"WWW-Authenticate": "How to sign in."},
    405: {"Allow": "The methods that the address takes."},
    429: {"Retry-After": "Seconds to wait."},
    503: {"Retry-After": "Seconds to wait."},
}

SEQUENCE_HEADER: Final = {
    "X-Sequence": {
        "description": "The venue's newest event sequence when it answered.",
        "schema": {"type": "integer"},
    }
}
PRIVATE_SECURITY: Final[list[dict[str, list[str]]]] = [{"bearer": []}, {"api_key": []}, {"cookie": []}]


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of statuses, each with an example."""
    return {status: _refusal(status) for status in statuses}


def _refusal(status: int) -> dict[str, Any]:
    words, code, detail = REFUSALS[status]
    told: dict[str, Any] = {
        "description": words,
        "content": {
            "application/json": {"schema": REFUSAL_SCHEMA, "example": {"detail": detail, "code": code}}
        },
    }
    headers = {
        name: {"description": text, "schema": {"type": "string"}}
        for name, text in _HEADERS.get(status, {}).items()
    }
    if headers:
        told["headers"] = headers
    return told


def shown(example: object, *statuses: int, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of an answer with an example, and of refusals; 422 and 429 are always among them."""
    return {
        status: {"content": {"application/json": {"example": example}}},
        **refusals(*sorted({*statuses, 422, 429})),
    }
