"""The settings of a live venue, as `crossbook up` reads them from a file, the environment and the command line.

Everything has a default: five instruments, 10,000 of cash for everybody who registers, and bots that keep the market
alive. What is chosen when a data directory is first used (instruments, account model) stays in the journal; a
changed file adds instruments, and never changes or removes one.

`VenueFile` is what a file may say. `VenueSettings` is the same, checked across its parts, and what everybody else is
handed; `crossbook.venue.setting_sources` makes one.
"""

from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from crossbook.venue.setting_checks import first_mistake

Ppm = Annotated[int, Field(ge=0, le=1_000_000)]
TICKER_PATTERN = r"^[A-Z][A-Z0-9._-]{0,15}$"
Positive: TypeAlias = Annotated[Decimal, Field(gt=0, max_digits=36, decimal_places=18)]
Amount: TypeAlias = Annotated[Decimal, Field(ge=0, max_digits=36, decimal_places=18)]


class Model(BaseModel):
    """The base of all settings: an unknown name is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class InstrumentSettings(Model):
    """An instrument that the venue lists."""

    ticker: Annotated[str, Field(pattern=TICKER_PATTERN)]
    """What it is called in orders: a capital letter, then at most 15 capitals, digits, dots, dashes, underscores."""
    initial_price: Positive
    """In currency, a multiple of `price_step`."""
    name: str = ""
    """What it is called in full."""
    price_step: Positive = Decimal("0.01")
    """The smallest difference of two prices, in currency."""
    quantity_step: Positive = Decimal(1)
    """The smallest quantity."""
    maker_fee_ppm: Annotated[int, Field(ge=-100_000, le=100_000)] = 0
    """Of the traded worth, in parts per million; below zero a rebate."""
    taker_fee_ppm: Annotated[int, Field(ge=0, le=100_000)] = 0
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
    """The channel `prices`."""
    book_ms: Annotated[int, Field(ge=1, le=10_000)] = 50
    """Increments of the channel `book:{ticker}`."""
    orderbook_ms: Annotated[int, Field(ge=1, le=10_000)] = 500
    """The channel `orderbook:{ticker}`."""
    orderbook_levels: Annotated[int, Field(ge=1, le=1_000)] = 20
    """Levels of a side that `orderbook:{ticker}` shows."""
    book_levels: Annotated[int, Field(ge=1, le=1_000)] = 100
    """Levels of a side that `book:{ticker}` follows."""
    kept_messages: Annotated[int, Field(ge=1)] = 1_024
    """Messages of a channel that a client that reconnects can have again."""


class BotSettings(Model):
    """Some of the house's bots."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
    """Part of their users' names, `house-NAME-TICKER-NUMBER`: small letters, digits and dashes."""
    trader: str
    """As `module:Class`."""
    count: Annotated[int, Field(ge=0, le=100)] = 1
    """How many for each instrument."""
    tickers: tuple[str, ...] = ()
    """The instruments they trade; none for each of the venue's."""
    cash: Amount = Decimal(10_000_000)
    """What the issuer gives each."""
    quantity: Annotated[int, Field(ge=0)] = 100_000
    """Lots of its instrument that the issuer gives each. A trader that takes `home_lots` is told."""
    parameters: dict[str, object] = {}
    """Keyword arguments of the trader's constructor."""


DEFAULT_BOTS = (
    BotSettings(name="maker", trader="crossbook.agents.live:LadderMaker"),
    BotSettings(
        name="passerby",
        trader="crossbook.agents.live:Passerby",
        parameters={
            "interval_ns": 900_000_000,
            "aggressive": 0.55,
            "distance_ticks": 3.0,
            "life_ns": 15_000_000_000,
            "size": {"kind": "lognormal", "mean": 2.3, "deviation": 0.8},
        },
    ),
    BotSettings(
        name="informed",
        trader="crossbook.agents.live:Informed",
        parameters={
            "interval_ns": 3_000_000_000,
            "edge_ticks": 0.5,
            "noise_ticks": 2.0,
            "size": {"kind": "uniform", "low": 10, "high": 60},
        },
    ),
    BotSettings(
        name="trend", trader="crossbook.agents.live:Trend", parameters={"interval_ns": 8_000_000_000}
    ),
)


class OracleSettings(Model):
    """What the instruments are worth, as the house's bots believe, and the news that change it."""

    volatility: Annotated[float, Field(ge=0, le=1)] = 0.015
    """Deviation of the logarithm of a value over an hour."""
    memory_hours: Annotated[float, Field(ge=0.01, le=1e6)] = 12.0
    """Time in which a departure from the level shrinks to the e-th part. News move the level."""
    news_per_hour: Annotated[float, Field(ge=0, le=3_600)] = 1.5
    """Mean number of news of each instrument; zero for those of the administrator alone."""
    news_impact: Annotated[float, Field(ge=0, le=0.25)] = 0.02
    """Typical impact of news, up or down, as a part of the value."""


class HouseSettings(Model):
    """The bots that start and stop with the venue."""

    enabled: bool = True
    """Whether there are any. Without them quotes that they left are cancelled all the same."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Of their draws and the oracle's; the moment of the start counts too, so no two sessions are alike."""
    load: Annotated[float, Field(ge=0.05, le=20)] = 1.0
    """How busy they are: with 2 their looks and orders come twice as often."""
    top_up: Annotated[float, Field(ge=0.01, le=1)] = 0.5
    """A bot that has less than this part of its cash or of its lots is given the rest at the next start."""
    oracle: OracleSettings = OracleSettings()
    """What the instruments are worth to them, and news."""
    bots: tuple[BotSettings, ...] = DEFAULT_BOTS
    """The bots; those that ship unless others are named."""


class DoorSettings(Model):
    """How the venue is reached from outside."""

    root_path: Annotated[str, Field(pattern=r"^(/[^/?#]+)*$")] = ""
    """The path under which a reverse proxy shows the venue, such as `/market`."""
    trusted_proxies: tuple[str, ...] = ()
    """Reverse proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed, as addresses or networks; none unless named."""
    allowed_origins: tuple[str, ...] = ()
    """Origins whose scripts may use the API, such as `https://example.org`; none unless named."""


class LabSettings(Model):
    """The lab beside the exchange: simulations in a process of its own, which begins when somebody first asks for it."""

    enabled: bool = True
    """Whether there is one. Administrators steer it, and everybody may look."""
    runs: Annotated[str, Field(min_length=1)] = "runs"
    """The folder in which runs are kept."""
    presets: Annotated[str, Field(min_length=1)] = "configs/stream"
    """The folder of the run files to start from."""
    memory_limit_mib: Annotated[int, Field(ge=256)] = 1_024
    """MiB that a live simulation may have before it leaves things out."""


class VenueFile(Model):
    """What a file of settings may say."""

    host: Annotated[str, Field(min_length=1)] = "127.0.0.1"
    """Address to listen at; `0.0.0.0` for all of the machine's."""
    port: Annotated[int, Field(ge=0, le=65_535)] = 8_000
    """Zero for any that is free."""
    data_dir: Annotated[str, Field(min_length=1)] = "crossbook-data"
    """Where everything is kept that must survive."""
    database_url: str | None = None
    """Where users, keys and history are kept, as an SQLAlchemy URL; SQLite in the data directory when left out."""
    instruments: tuple[InstrumentSettings, ...] = DEFAULT_INSTRUMENTS
    """What is traded: FUN, MEME, YOLO, HODL and PUMP unless others are named."""
    starting_cash: Amount = Decimal(10_000)
    """What everybody gets who registers."""
    cash_step: Positive = Decimal("0.01")
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
    """The most that anybody may ask for."""
    feeds: FeedSettings = FeedSettings()
    """How often channels speak."""
    doors: DoorSettings = DoorSettings()
    """How the venue is reached from outside."""
    house: HouseSettings = HouseSettings()
    """The bots."""
    lab: LabSettings = LabSettings()
    """Simulations."""


class VenueSettings(VenueFile):
    """The settings of a venue."""

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        mistake = first_mistake(self)
        if mistake is not None:
            raise ValueError(mistake)
        return self
