"""The routes of sign-in: registration, log-in and log-out, and one's own API keys."""

from typing import Annotated, Final

from fastapi import APIRouter, Body, Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from crossbook.doors.http.callers import Callers, headers_of
from crossbook.doors.http.dependencies import address_of, agent_of, finding_caller
from crossbook.doors.http.documented import PRIVATE_SECURITY, shown
from crossbook.doors.http.venue_face import VenueFace
from crossbook.venue.principal import Principal
from crossbook.venue.sign_in import KeyView, NewKey, Registered, SignedIn

SIGN_IN_TAG: Final = "sign-in"
KEYS_TAG: Final = "keys"
PASSWORD_LENGTH_MAX: Final = 1_024
"""No longer text is handed to sign-in, which has limits of its own."""

USER_EXAMPLE: Final = {"user_id": "6d1b7f0e-5f0c-4b3f-9d57-0d8f6d6a1c11", "username": "ada"}
_TOKEN: Final = {"jwt_token": "eyJhbGciOiJIUzI1NiJ9.…"}
_KEY: Final = {
    "key_id": "k7Qm2ZtP",
    "label": "laptop",
    "prefix": "ms_k7Qm2ZtP",
    "created_at": 1_767_225_600_000,
}
_NEW_KEY: Final = {**_KEY, "api_key": "ms_k7Qm2ZtP…"}
PRIVATE: Final = {"security": PRIVATE_SECURITY}


class Strict(BaseModel):
    """The base of bodies: an unknown name is a mistake, and `1` is not `true`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


class Credentials(Strict):
    """A user name and a password."""

    username: Annotated[str, Field(max_length=256, examples=["ada"])]
    password: Annotated[
        str, Field(max_length=PASSWORD_LENGTH_MAX, repr=False, examples=["correct horse battery staple"])
    ]


class KeyWanted(Strict):
    """What a new key shall be called."""

    label: Annotated[str, Field(max_length=256, examples=["laptop"])] = ""


class Me(BaseModel):
    """Who is signed in."""

    user_id: str
    username: str
    role: str

    @classmethod
    def of(cls, who: Principal) -> "Me":
        """Return how somebody is shown to himself."""
        return cls(user_id=who.user_id, username=who.username, role=who.role.value)


class Done(BaseModel):
    """It is done."""

    message: str


KeyId = Annotated[
    str, Path(description="The number of the key, as the list shows it.", examples=["k7Qm2ZtP"])
]
CREDENTIALS_EXAMPLES: Final = {
    "a user": {"value": {"username": "ada", "password": "correct horse battery staple"}},
}


def accounts_router(venue: VenueFace, callers: Callers) -> APIRouter:
    """Return the routes."""
    router = APIRouter()
    _add_sign_in(router, venue, callers)
    _add_keys(router, venue, callers)
    return router


def _add_sign_in(router: APIRouter, venue: VenueFace, callers: Callers) -> None:
    caller = Depends(finding_caller(callers))

    @router.post(
        "/api/register",
        tags=[SIGN_IN_TAG],
        summary="Make a user with an account, a first API key and a token; the key is shown this once",
        responses=shown({**USER_EXAMPLE, "api_key": "ms_k7Qm2ZtP…", **_TOKEN, "cash": 10_000}, 409, 503),
    )
    async def register(
        request: Request, wanted: Annotated[Credentials, Body(openapi_examples=CREDENTIALS_EXAMPLES)]
    ) -> Registered:
        return await venue.gate.register(
            wanted.username, wanted.password, address_of(request), agent_of(request)
        )

    @router.post(
        "/api/login",
        tags=[SIGN_IN_TAG],
        summary="Sign in with a password; the token holds for a day",
        responses=shown({**USER_EXAMPLE, **_TOKEN}, 401, 503),
    )
    async def login(
        request: Request, given: Annotated[Credentials, Body(openapi_examples=CREDENTIALS_EXAMPLES)]
    ) -> SignedIn:
        return await venue.gate.login(given.username, given.password, address_of(request), agent_of(request))

    @router.post(
        "/api/logout",
        tags=[SIGN_IN_TAG],
        summary="End the session of the token; its WebSockets are closed",
        responses=shown({"message": "signed out"}, 401, 403, 503),
        openapi_extra=PRIVATE,
    )
    async def logout(request: Request, response: Response, who: Annotated[Principal, caller]) -> Done:
        await venue.gate.sign_out(who)
        callers.take_back_own(request.scope, headers_of(request.scope["headers"]), response)
        return Done(message="signed out")

    @router.get(
        "/api/me",
        tags=[SIGN_IN_TAG],
        summary="Say who is signed in",
        responses=shown({**USER_EXAMPLE, "role": "trader"}, 401),
        openapi_extra=PRIVATE,
    )
    async def me(who: Annotated[Principal, caller]) -> Me:
        return Me.of(who)


def _add_keys(router: APIRouter, venue: VenueFace, callers: Callers) -> None:
    caller = Depends(finding_caller(callers))

    @router.post(
        "/api/keys",
        tags=[KEYS_TAG],
        summary="Make another API key; it is shown this once",
        responses=shown(_NEW_KEY, 401, 403, 503),
        openapi_extra=PRIVATE,
    )
    async def create(
        who: Annotated[Principal, caller],
        wanted: Annotated[KeyWanted, Body(openapi_examples={"a key": {"value": {"label": "laptop"}}})],
    ) -> NewKey:
        return await venue.gate.keys.create(who, wanted.label)

    @router.get(
        "/api/keys",
        tags=[KEYS_TAG],
        summary="List one's own API keys, without what is secret of them",
        responses=shown({"keys": [_KEY]}, 401),
        openapi_extra=PRIVATE,
    )
    async def keys(who: Annotated[Principal, caller]) -> dict[str, list[KeyView]]:
        return {"keys": venue.gate.keys.list(who)}

    @router.delete(
        "/api/keys/{key_id}",
        tags=[KEYS_TAG],
        summary="End an API key; connections that came in with it are closed",
        responses=shown({"message": "the key is revoked"}, 401, 403, 404, 503),
        openapi_extra=PRIVATE,
    )
    async def revoke(who: Annotated[Principal, caller], key_id: KeyId) -> Done:
        await venue.gate.keys.revoke(who, key_id)
        return Done(message="the key is revoked")

    @router.post(
        "/api/keys/{key_id}/rotate",
        tags=[KEYS_TAG],
        summary="Make an API key in the place of another, which ends at once",
        responses=shown(_NEW_KEY, 401, 403, 404, 503),
        openapi_extra=PRIVATE,
    )
    async def rotate(who: Annotated[Principal, caller], key_id: KeyId) -> NewKey:
        return await venue.gate.keys.rotate(who, key_id)
