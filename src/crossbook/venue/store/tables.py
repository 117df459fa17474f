"""The tables of a venue's database.

Money, prices and quantities are integers: cash units, ticks, lots. A column that ends in `_ns` is nanoseconds since
1970, one that ends in `_s` seconds. `users`, `api_keys`, `ended_tokens` and `sessions` are written by the venue and stand
nowhere else. All other tables are a projection of the journal: the keeper writes them, and can empty and write them again.

The migrations make these tables; a test compares the two.
"""

from typing import Final

import sqlalchemy as sa

METADATA: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

BIG: Final = sa.BigInteger()
# SQLite makes a column the row's own number only where its type is spelled INTEGER, which holds 64 bits there.
ROW_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

USERS: Final = sa.Table(
    "users",
    METADATA,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("username", sa.Text, nullable=False),
    sa.Column(
        "name_key", sa.Text, nullable=False, unique=True, comment="the name as `str.casefold` writes it"
    ),
    sa.Column("password_hash", sa.Text, comment="none for the house, which cannot sign in"),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("account", BIG, unique=True, comment="in the core; none until it is opened"),
    sa.Column("created_ns", BIG, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, comment="shut out until an administrator lets him in"),
)

API_KEYS: Final = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.user_id"), nullable=False),
    sa.Column("key_hash", sa.Text, nullable=False, unique=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("created_ns", BIG, nullable=False),
    sa.Column("last_used_ns", BIG),
    sa.Column("revoked_ns", BIG),
    sa.Index("ix_api_keys_user_id", "user_id", "created_ns", "key_id"),
)

ENDED_TOKENS: Final = sa.Table(
    "ended_tokens",
    METADATA,
    sa.Column("jti", sa.Text, primary_key=True),
    sa.Column("expires_s", BIG, nullable=False, index=True),
)

SESSIONS: Final = sa.Table(
    "sessions",
    METADATA,
    sa.Column("session", sa.Text, primary_key=True, comment="the token's jti"),
    sa.Column("user_id", sa.Text, sa.ForeignKey("users.user_id"), nullable=False, index=True),
    sa.Column("created_ns", BIG, nullable=False),
    sa.Column("expires_s", BIG, nullable=False, index=True),
    sa.Column("address", sa.Text, nullable=False, comment="whence it began"),
    sa.Column("agent", sa.Text, nullable=False, comment="what its client said of itself"),
)

INSTRUMENTS: Final = sa.Table(
    "instruments",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("ticker", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("price_step", sa.Text, nullable=False, comment="a decimal: what a tick is worth"),
    sa.Column("quantity_step", sa.Text, nullable=False, comment="a decimal: how much a lot is"),
    sa.Column("cash_step", sa.Text, nullable=False, comment="a decimal: what a unit of cash is worth"),
)

ACCOUNTS: Final = sa.Table(
    "accounts",
    METADATA,
    sa.Column("account", ROW_NUMBER, primary_key=True, autoincrement=False),
    sa.Column("user_id", sa.Text, index=True),
    sa.Column("username", sa.Text),
    sa.Column("role", sa.Text),
    sa.Column("traded_ns", BIG, comment="when it first traded"),
)

ORDERS: Final = sa.Table(
    "orders",
    METADATA,
    sa.Column("order_id", ROW_NUMBER, primary_key=True, autoincrement=False),
    sa.Column("account", BIG, nullable=False),
    sa.Column("instrument", sa.Integer, nullable=False),
    sa.Column("side", sa.SmallInteger, nullable=False),
    sa.Column("order_type", sa.SmallInteger, nullable=False),
    sa.Column("time_in_force", sa.SmallInteger, nullable=False),
    sa.Column(
        "flags", sa.SmallInteger, nullable=False, comment="of EventFlag: POST_ONLY, REDUCE_ONLY, FORCED"
    ),
    sa.Column("display", BIG, nullable=False, comment="lots that show of an iceberg order; 0 for all"),
    sa.Column("price", BIG, nullable=False, comment="limit or protection price"),
    sa.Column("stop_price", BIG),
    sa.Column("expires_ns", BIG),
    sa.Column("quantity", BIG, nullable=False, comment="all of it"),
    sa.Column("filled", BIG, nullable=False),
    sa.Column("open", BIG, nullable=False),
    sa.Column("worth", BIG, nullable=False, comment="the sum of price times quantity over its fills"),
    sa.Column("fees", BIG, nullable=False),
    sa.Column("status", sa.SmallInteger, nullable=False, comment="an OrderStatus"),
    sa.Column("reason", sa.SmallInteger, comment="an EndReason"),
    sa.Column("client_order_id", sa.Text),
    sa.Column("command", BIG, nullable=False, comment="the command that placed it"),
    sa.Column("sequence", BIG, nullable=False, comment="the event that took it"),
    sa.Column("first_sequence", BIG, nullable=False, comment="its last event of the command that placed it"),
    sa.Column("first_filled", BIG, nullable=False, comment="as the four below: as that command left it"),
    sa.Column("first_status", sa.SmallInteger, nullable=False),
    sa.Column("first_price", BIG, nullable=False),
    sa.Column("first_quantity", BIG, nullable=False),
    sa.Column("created_ns", BIG, nullable=False),
    sa.Column("triggered_ns", BIG, comment="when a stop order woke"),
    sa.Column("updated_ns", BIG, nullable=False),
    sa.Index("ix_orders_account", "account", "order_id"),
)
# Partial indexes cost nothing for the many orders that are placed and cancelled without a trade.
sa.Index(
    "ix_orders_open",
    ORDERS.c.account,
    ORDERS.c.order_id,
    sqlite_where=sa.text("status <= 1"),
    postgresql_where=sa.text("status <= 1"),
)
sa.Index(
    "ix_orders_filled",
    ORDERS.c.account,
    ORDERS.c.order_id,
    sqlite_where=sa.text("status = 2"),
    postgresql_where=sa.text("status = 2"),
)
sa.Index(
    "ix_orders_expired",
    ORDERS.c.account,
    ORDERS.c.order_id,
    sqlite_where=sa.text("status = 4"),
    postgresql_where=sa.text("status = 4"),
)
sa.Index(
    "uq_orders_client_order_id",
    ORDERS.c.account,
    ORDERS.c.client_order_id,
    unique=True,
    sqlite_where=sa.text("client_order_id IS NOT NULL"),
    postgresql_where=sa.text("client_order_id IS NOT NULL"),
)
sa.Index(
    "ix_orders_recent_client",
    ORDERS.c.account,
    ORDERS.c.order_id,
    sqlite_where=sa.text("client_order_id IS NOT NULL"),
    postgresql_where=sa.text("client_order_id IS NOT NULL"),
)

TRADES: Final = sa.Table(
    "trades",
    METADATA,
    sa.Column("sequence", ROW_NUMBER, primary_key=True, autoincrement=False, comment="the trade's number"),
    sa.Column("time_ns", BIG, nullable=False),
    sa.Column("instrument", sa.Integer, nullable=False),
    sa.Column("price", BIG, nullable=False),
    sa.Column("quantity", BIG, nullable=False),
    sa.Column(
        "side", sa.SmallInteger, nullable=False, comment="the taker's; 2 in an auction, where nobody takes"
    ),
    sa.Column("taker_order", BIG, nullable=False, comment="in an auction the buyer's"),
    sa.Column("maker_order", BIG, nullable=False),
    sa.Column("taker_account", BIG, nullable=False),
    sa.Column("maker_account", BIG, nullable=False),
    sa.Column("taker_fee", BIG, nullable=False),
    sa.Column("maker_fee", BIG, nullable=False),
    sa.Column("command", BIG, nullable=False),
    sa.Index("ix_trades_instrument", "instrument", "sequence"),
    sa.Index("ix_trades_taker", "taker_account", "sequence"),
    sa.Index("ix_trades_maker", "maker_account", "sequence"),
)

CANDLES: Final = sa.Table(
    "candles",
    METADATA,
    sa.Column("instrument", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("interval_s", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start_s", BIG, primary_key=True, autoincrement=False),
    sa.Column("open", BIG, nullable=False),
    sa.Column("high", BIG, nullable=False),
    sa.Column("low", BIG, nullable=False),
    sa.Column("close", BIG, nullable=False),
    sa.Column("volume", BIG, nullable=False),
    sa.Column("trades", BIG, nullable=False),
    sqlite_with_rowid=False,
)

EQUITY: Final = sa.Table(
    "equity",
    METADATA,
    sa.Column("account", BIG, primary_key=True, autoincrement=False),
    sa.Column("time_ns", BIG, primary_key=True, autoincrement=False),
    sa.Column("equity", BIG, nullable=False, comment="cash and positions at their marks"),
    sa.Column("cash", BIG, nullable=False, comment="what is in escrow counted in"),
    sqlite_with_rowid=False,
)

NEWS: Final = sa.Table(
    "news",
    METADATA,
    sa.Column("time_ns", BIG, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.Text, primary_key=True, comment="of the note, so that it is kept once"),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("ticker", sa.Text),
    sa.Column("impact", sa.Double),
)

PROGRESS: Final = sa.Table(
    "progress",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False, comment="1: there is one row"),
    sa.Column("sequence", BIG, nullable=False, comment="the last event that is projected"),
    sa.Column("command", BIG, nullable=False, comment="the last command that is projected"),
    sa.Column("event_hash", sa.Text, nullable=False, comment="the core's hash over all events up to there"),
    sa.Column("equity_ns", BIG, nullable=False, comment="when the equity of accounts was last written down"),
)

PROJECTED: Final = (INSTRUMENTS, ACCOUNTS, ORDERS, TRADES, CANDLES, EQUITY, NEWS)
"""What the keeper writes and can write again; `progress` says how far it is."""
