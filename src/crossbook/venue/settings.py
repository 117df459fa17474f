"""The settings of a live venue, as `crossbook up --config FILE` reads them.

Everything has a default: five instruments, 10,000 of cash for everybody who registers, and bots that keep the market
alive. What is chosen when a data directory is first used (instruments, account model) stays in the journal; a
changed file adds instruments, and never changes or removes one.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Ppm = Annotated[int, Field(ge=0, le=1_000_000)]
TICKER_PATTERN = r"^[A-Z][A-Z0-9._-]{0,15}$"


class Model(BaseModel):
    """The base of all settings: an unknown name is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class InstrumentSettings(Model):
    """An instrument that the venue lists."""

    ticker: Annotated[str, Field(pattern=TICKER_PATTERN)]
    initial_price: Annotated[Decimal, Field(gt=0)]
    """In currency, a multiple of `price_step`."""
    name: str = ""
    """What it is called in full."""
    price_step: Annotated[Decimal, Field(gt=0)] = Decimal("0.01")
    """The smallest difference of two prices, in currency."""
    quantity_step: Annotated[Decimal, Field(gt=0)] = Decimal(1)
    """The smallest quantity."""
    maker_fee_ppm: Annotated[int, Field(ge=-1_000_000, le=1_000_000)] = 0
    """Of the traded worth, in parts per million; below zero a rebate."""
    taker_fee_ppm: Ppm = 0
    """As that of the maker."""
    protection_ppm: Ppm = 50_000
    """How far from the best opposite price a market order may go."""
    breaker_ppm: Ppm = 0
    """How far from the reference price a trade halts the instrument; zero for never."""


DEFAULT_INSTRUMENTS = tuple(
    InstrumentSettings(ticker=ticker, initial_price=Decimal(price), name=name)
    for ticker, price, name in (
        ("FUN", 100, "Fun Industries"),
        ("MEME", 50, "Meme Holdings"),
        ("YOLO", 200, "Yolo Ventures"),
        ("HODL", 75, "Hodl Trust"),
        ("PUMP", 25, "Pump Works"),
    )
)


class LimitSettings(Model):
    """The most that one account, address or connection may ask for."""

    orders_per_second: Annotated[float, Field(gt=0)] = 100.0
    """Orders, changes and cancels of an account, in the long run."""
    order_burst: Annotated[int, Field(ge=1)] = 200
    """Of them at once."""
    requests_per_second: Annotated[float, Field(gt=0)] = 500.0
    """Requests of an address over HTTP, in the long run."""
    request_burst: Annotated[int, Field(ge=1)] = 1_000
    """Of them at once."""
    failed_logins_per_minute: Annotated[int, Field(ge=1)] = 10
    """For a user name, and for an address."""
    registrations_per_minute: Annotated[int, Field(ge=1)] = 600
    """From an address."""
    open_orders: Annotated[int, Field(ge=1)] = 1_000
    """Of an account."""
    order_quantity: Annotated[int, Field(ge=0)] = 0
    """The largest order in lots; zero for the core's own maximum."""
    connections_per_address: Annotated[int, Field(ge=1)] = 2_000
    """WebSocket connections."""
    connections: Annotated[int, Field(ge=1)] = 10_000
    """WebSocket connections in all."""
    subscriptions: Annotated[int, Field(ge=1)] = 256
    """Channels of a connection."""
    message_bytes: Annotated[int, Field(ge=256)] = 16_384
    """The largest message on a WebSocket and the largest body of a request."""
    page_rows: Annotated[int, Field(ge=1)] = 1_000
    """The longest page of a list."""
    queued_messages: Annotated[int, Field(ge=1)] = 256
    """Messages that may wait for a client that does not read; then it is disconnected."""
    queued_bytes: Annotated[int, Field(ge=1_024)] = 1 << 20
    """Bytes that may wait for it."""
    waiting_commands: Annotated[int, Field(ge=1)] = 8_192
    """Commands that wait for the sequencer or the disk before further ones are refused as busy."""
    remembered_names: Annotated[int, Field(ge=1)] = 10_000
    """Client order ids of an account that are known: the same one sent again has no second effect."""
    recalled_names: Annotated[int, Field(ge=1, le=10_000)] = 10_000
    """Of them, how many of the newest in all are known again after a restart, beside those of open orders."""
    password_hashes_waiting: Annotated[int, Field(ge=1)] = 64
    """Sign-ins that wait for a password hash before further ones are refused as busy."""


class FeedSettings(Model):
    """How often channels speak, in milliseconds."""

    prices_ms: Annotated[int, Field(ge=1, le=10_000)] = 100
    book_ms: Annotated[int, Field(ge=1, le=10_000)] = 50
    """Increments of the channel `book:{ticker}`."""
    orderbook_ms: Annotated[int, Field(ge=1, le=10_000)] = 500
    """The channel `orderbook:{ticker}`."""
    orderbook_levels: Annotated[int, Field(ge=1, le=1_000)] = 20
    book_levels: Annotated[int, Field(ge=1, le=1_000)] = 100
    kept_messages: Annotated[int, Field(ge=1)] = 1_024
    """Messages of a channel that a client that reconnects can have again."""


class BotSettings(Model):
    """Some of the house's bots."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    trader: str
    """As `module:Class`."""
    count: Annotated[int, Field(ge=0, le=10_000)] = 1
    """How many for each instrument."""
    tickers: tuple[str, ...] = ()
    """The instruments they trade; none for each of the venue's."""
    cash: Annotated[Decimal, Field(ge=0)] = Decimal(10_000_000)
    """What the issuer gives each."""
    quantity: Annotated[int, Field(ge=0)] = 100_000
    """Lots of its instrument that the issuer gives each."""
    parameters: dict[str, object] = {}
    """Keyword arguments of the trader's constructor."""


class HouseSettings(Model):
    """The bots that start and stop with the venue."""

    enabled: bool = True
    seed: Annotated[int, Field(ge=0)] = 1
    bots: tuple[BotSettings, ...] = ()
    """The bots; those that ship where none are named."""


class VenueSettings(Model):
    """The settings of a venue."""

    instruments: tuple[InstrumentSettings, ...] = DEFAULT_INSTRUMENTS
    starting_cash: Annotated[Decimal, Field(ge=0)] = Decimal(10_000)
    """What everybody gets who registers."""
    cash_step: Annotated[Decimal, Field(gt=0)] = Decimal("0.01")
    """The unit of cash. A tick of one lot of each instrument must be a whole number of them."""
    durability: Literal["durable", "memory"] = "durable"
    """When an order is acknowledged: once it is on the disk, or once it is matched, the disk following behind."""
    snapshot_commands: Annotated[int, Field(ge=1_000)] = 500_000
    """Commands after which the state is saved, so that the next start is quick."""
    day_ends: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "00:00"
    """When DAY orders end, UTC."""
    equity_seconds: Annotated[int, Field(ge=1)] = 60
    """How often the equity of accounts is written down."""
    limits: LimitSettings = LimitSettings()
    feeds: FeedSettings = FeedSettings()
    house: HouseSettings = HouseSettings()

    @model_validator(mode="after")
    def _tickers_are_unique(self) -> Self:
        tickers = [instrument.ticker for instrument in self.instruments]
        if len(set(tickers)) < len(tickers):
            raise ValueError("two instruments have the same ticker")
        return self
