"""The routes of administrators: users, instruments, news, and the venue as a whole."""

from decimal import Decimal
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from crossbook.doors.http.accounts import PASSWORD_LENGTH_MAX, Done, Strict
from crossbook.doors.http.callers import Callers
from crossbook.doors.http.dependencies import finding_admin
from crossbook.doors.http.documented import PRIVATE_SECURITY, shown
from crossbook.doors.http.venue_face import VenueFace
from crossbook.doors.json import malformed
from crossbook.venue.operating import IMPACT_MAX, NEWS_LENGTH_MAX
from crossbook.venue.principal import Role
from crossbook.venue.settings import InstrumentSettings
from crossbook.venue.sign_in import UserView
from crossbook.venue.store.history import OFFSET_MAX

TAG: Final = "administration"

_PRIVATE: Final = {"security": PRIVATE_SECURITY}
_USER: Final = {
    "user_id": "6d1b7f0e-5f0c-4b3f-9d57-0d8f6d6a1c11",
    "username": "ada",
    "role": "trader",
    "account": 12,
    "disabled": False,
}
_INSTRUMENT: Final = {"ticker": "MOON", "initial_price": "10.00", "name": "Moon Mining"}

_STATUS: Final = {
    "status": "ready",
    "reason": None,
    "sequence": 20_417,
    "commands": 6_120,
    "accepted": 5_980,
    "trades": 1_204,
    "waiting": 0,
    "open_orders": 214,
    "connections": 17,
    "keeper_lag": 3,
}

_AUDIT: Final = {
    "message": "everything adds up",
    "commands": 6_120,
    "sequence": 20_417,
    "state_hash": "4f1c2a9d03b7e865",
    "event_hash": "b2907c5e11d4f3a8",
}

Username = Annotated[str, Path(max_length=256, description="The name of a user.", examples=["ada"])]
TickerPath = Annotated[str, Path(max_length=16, description="Such as FUN.", examples=["FUN"])]
RoleName = Literal["trader", "admin"]


class UserWanted(Strict):
    """A new user."""

    username: Annotated[str, Field(max_length=256)]
    password: Annotated[str, Field(max_length=PASSWORD_LENGTH_MAX, repr=False)]
    role: RoleName = "trader"


class UserChange(Strict):
    """What shall be different of a user; what is left out stays."""

    role: RoleName | None = None
    disabled: bool | None = None
    password: Annotated[str | None, Field(max_length=PASSWORD_LENGTH_MAX, repr=False)] = None


class Band(BaseModel):
    """Prices between which orders must lie; none for no bound on that side."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    low: Annotated[Decimal, Field(max_digits=40)] | None = None
    high: Annotated[Decimal, Field(max_digits=40)] | None = None


class NewsWanted(Strict):
    """News for everybody."""

    text: Annotated[str, Field(min_length=1, max_length=NEWS_LENGTH_MAX)]
    ticker: Annotated[str, Field(max_length=16)] | None = None
    """The instrument that they are about."""
    impact: Annotated[float, Field(ge=-IMPACT_MAX, le=IMPACT_MAX, allow_inf_nan=False)] | None = None
    """How far what it is worth moves, as a part of itself; only informed bots see it."""


class UsersPage(BaseModel):
    """Some users, and how many there are."""

    users: list[UserView]
    total: int


class Status(BaseModel):
    """How the venue is."""

    status: Literal["ready", "not ready"]
    reason: str | None
    sequence: int
    commands: int
    accepted: int
    trades: int
    waiting: int
    open_orders: int
    connections: int
    keeper_lag: int | None


class Audit(BaseModel):
    """A state in which everything adds up; a replay of the journal up to the same command has the same hashes."""

    message: str
    commands: int
    sequence: int
    state_hash: str
    event_hash: str


def admin_router(venue: VenueFace, callers: Callers) -> APIRouter:
    """Return the routes; every one refuses whoever is no administrator."""
    router = APIRouter(prefix="/api/admin", tags=[TAG], dependencies=[Depends(finding_admin(callers))])
    _add_users(router, venue)
    _add_instruments(router, venue)
    _add_venue(router, venue)
    return router


def _add_users(router: APIRouter, venue: VenueFace) -> None:
    people = venue.gate.administration
    page_rows = venue.settings.limits.page_rows

    @router.get(
        "/users",
        summary="List users",
        responses=shown({"users": [_USER], "total": 1}, 401, 403),
        openapi_extra=_PRIVATE,
    )
    async def users(
        limit: Annotated[int, Query(ge=1, le=page_rows)] = min(100, page_rows),
        offset: Annotated[int, Query(ge=0, le=OFFSET_MAX)] = 0,
    ) -> UsersPage:
        everybody = people.users()
        return UsersPage(users=list(everybody[offset : offset + limit]), total=len(everybody))

    @router.post(
        "/users",
        summary="Make a user with any name, reserved ones too",
        responses=shown(_USER, 401, 403, 409, 503),
        openapi_extra=_PRIVATE,
    )
    async def create(
        wanted: Annotated[
            UserWanted,
            Body(
                openapi_examples={
                    "a trader": {"value": {"username": "ada", "password": "correct horse battery staple"}}
                }
            ),
        ],
    ) -> UserView:
        return await people.create(wanted.username, wanted.password, Role(wanted.role))

    @router.patch(
        "/users/{username}",
        summary="Change a user's role or password, shut him out or let him in",
        responses=shown({"message": "the user is changed"}, 401, 403, 404, 503),
        openapi_extra=_PRIVATE,
    )
    async def change(
        username: Username,
        wanted: Annotated[
            UserChange,
            Body(
                openapi_examples={
                    "shut out": {"value": {"disabled": True}},
                    "another role": {"value": {"role": "admin"}},
                    "another password": {"value": {"password": "a brand new password"}},
                }
            ),
        ],
    ) -> Done:
        if wanted == UserChange():
            raise malformed("name a role, a password, or whether the user is disabled")
        if wanted.password is not None:
            await people.set_password(username, wanted.password)
        if wanted.role is not None:
            await people.set_role(username, Role(wanted.role))
        if wanted.disabled is not None:
            await people.set_disabled(username, disabled=wanted.disabled)
        return Done(message="the user is changed")


def _add_instruments(router: APIRouter, venue: VenueFace) -> None:
    @router.post(
        "/instruments",
        summary="List another instrument and open it",
        responses=shown({"message": "MOON is listed"}, 400, 401, 403, 503),
        openapi_extra=_PRIVATE,
    )
    async def list_instrument(
        wanted: Annotated[
            InstrumentSettings, Body(openapi_examples={"an instrument": {"value": _INSTRUMENT}})
        ],
    ) -> Done:
        await venue.operating.list_instrument(wanted)
        return Done(message=f"{wanted.ticker} is listed")

    @router.post(
        "/instruments/{ticker}/halt",
        summary="Stop trading in an instrument; its orders stay",
        responses=shown({"message": "FUN is halted"}, 400, 401, 403, 404, 503),
        openapi_extra=_PRIVATE,
    )
    async def halt(ticker: TickerPath) -> Done:
        await venue.operating.halt(ticker)
        return Done(message=f"{ticker} is halted")

    @router.post(
        "/instruments/{ticker}/resume",
        summary="Go on with trading in an instrument",
        responses=shown({"message": "FUN trades again"}, 400, 401, 403, 404, 503),
        openapi_extra=_PRIVATE,
    )
    async def resume(ticker: TickerPath) -> Done:
        await venue.operating.resume(ticker)
        return Done(message=f"{ticker} trades again")

    @router.put(
        "/instruments/{ticker}/band",
        summary="Keep orders of an instrument within a band of prices, or within none",
        responses=shown({"message": "the band of FUN is set"}, 400, 401, 403, 404, 503),
        openapi_extra=_PRIVATE,
    )
    async def set_band(
        ticker: TickerPath,
        wanted: Annotated[
            Band,
            Body(
                openapi_examples={
                    "a band": {"value": {"low": "90", "high": "110"}},
                    "no band": {"value": {}},
                }
            ),
        ],
    ) -> Done:
        await venue.operating.set_band(ticker, wanted.low, wanted.high)
        return Done(message=f"the band of {ticker} is set")


def _add_venue(router: APIRouter, venue: VenueFace) -> None:
    @router.post(
        "/news",
        summary="Tell everybody news",
        responses=shown({"message": "the news are told"}, 400, 401, 403, 404, 503),
        openapi_extra=_PRIVATE,
    )
    async def tell_news(
        wanted: Annotated[
            NewsWanted,
            Body(
                openapi_examples={
                    "good news": {"value": {"text": "Fun has a new hit", "ticker": "FUN", "impact": 0.05}}
                }
            ),
        ],
    ) -> Done:
        await venue.operating.tell_news(wanted.text, wanted.ticker, wanted.impact)
        return Done(message="the news are told")

    @router.post(
        "/audit",
        summary="Check that cash, shares, escrow and books add up",
        responses=shown(_AUDIT, 401, 403, 503),
        openapi_extra=_PRIVATE,
    )
    async def audit() -> Audit:
        found = await venue.operating.audit()
        return Audit(
            message="everything adds up",
            commands=found.commands,
            sequence=found.sequence,
            state_hash=found.state_hash,
            event_hash=found.event_hash,
        )

    @router.get(
        "/status",
        summary="Show how the venue is",
        responses=shown(_STATUS, 401, 403),
        openapi_extra=_PRIVATE,
    )
    async def status() -> Status:
        figures, reason = venue.figures, venue.not_ready
        return Status(
            status="ready" if reason is None else "not ready",
            reason=reason,
            sequence=venue.sequence,
            commands=figures.counters.commands,
            accepted=figures.counters.accepted,
            trades=figures.counters.trades,
            waiting=figures.waiting,
            open_orders=figures.open_orders,
            connections=figures.connections,
            keeper_lag=figures.keeper_lag,
        )

    @router.post(
        "/shutdown",
        summary="Stop the venue in good order",
        responses=shown({"message": "the venue stops"}, 401, 403),
        openapi_extra=_PRIVATE,
    )
    async def shut_down() -> Done:
        venue.operating.request_stop()
        return Done(message="the venue stops")
