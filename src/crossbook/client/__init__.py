"""The client of a venue: requests, the stream, and a runtime for traders.

`Client` and `AsyncClient` speak REST, `Stream` the WebSocket, `BlockingStream` the same for scripts, and
`crossbook.client.runtime` runs a trader of the lab on a live venue. Prices and quantities are exact decimals; texts and
whole numbers are taken for them, floats are not.
"""

from crossbook.client.asynchronous import AsyncClient
from crossbook.client.blocking import BlockingStream
from crossbook.client.book import KeptBook
from crossbook.client.errors import Refused, Unavailable
from crossbook.client.models import (
    BookView,
    CancelledAll,
    CancelledOrder,
    CandleView,
    FillView,
    HoldingView,
    InstrumentsView,
    InstrumentView,
    LeaderView,
    LevelView,
    MarketView,
    OrderView,
    PlacedOrder,
    PortfolioView,
    Registered,
    SignedIn,
    TickerView,
    TradeView,
)
from crossbook.client.rest import Client
from crossbook.client.status import Counters, State
from crossbook.client.stream import Stream, StreamSettings
from crossbook.client.transport import DEFAULT_URL
from crossbook.client.wire import Frame

__all__ = [
    "DEFAULT_URL",
    "AsyncClient",
    "BlockingStream",
    "BookView",
    "CancelledAll",
    "CancelledOrder",
    "CandleView",
    "Client",
    "Counters",
    "FillView",
    "Frame",
    "HoldingView",
    "InstrumentView",
    "InstrumentsView",
    "KeptBook",
    "LeaderView",
    "LevelView",
    "MarketView",
    "OrderView",
    "PlacedOrder",
    "PortfolioView",
    "Refused",
    "Registered",
    "SignedIn",
    "State",
    "Stream",
    "StreamSettings",
    "TickerView",
    "TradeView",
    "Unavailable",
]
