"""The first tables: who may trade, and everything that is projected from the journal."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "accounts",
        sa.Column(
            "account",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("user_id", sa.Text(), nullable=True),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("traded_ns", sa.BigInteger(), nullable=True, comment="when it first traded"),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_user_id"), "accounts", ["user_id"], unique=False)
    op.create_table(
        "candles",
        sa.Column("instrument", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interval_s", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_s", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column("high", sa.BigInteger(), nullable=False),
        sa.Column("low", sa.BigInteger(), nullable=False),
        sa.Column("close", sa.BigInteger(), nullable=False),
        sa.Column("volume", sa.BigInteger(), nullable=False),
        sa.Column("trades", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("instrument", "interval_s", "start_s", name=op.f("pk_candles")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ended_tokens",
        sa.Column("jti", sa.Text(), nullable=False),
        sa.Column("expires_s", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("jti", name=op.f("pk_ended_tokens")),
    )
    op.create_index(op.f("ix_ended_tokens_expires_s"), "ended_tokens", ["expires_s"], unique=False)
    op.create_table(
        "equity",
        sa.Column("account", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("time_ns", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("equity", sa.BigInteger(), nullable=False, comment="cash and positions at their marks"),
        sa.Column("cash", sa.BigInteger(), nullable=False, comment="what is in escrow counted in"),
        sa.PrimaryKeyConstraint("account", "time_ns", name=op.f("pk_equity")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "instruments",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ticker", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("price_step", sa.Text(), nullable=False, comment="a decimal: what a tick is worth"),
        sa.Column("quantity_step", sa.Text(), nullable=False, comment="a decimal: how much a lot is"),
        sa.Column("cash_step", sa.Text(), nullable=False, comment="a decimal: what a unit of cash is worth"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_instruments")),
    )
    op.create_table(
        "news",
        sa.Column("time_ns", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False, comment="of the note, so that it is kept once"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("ticker", sa.Text(), nullable=True),
        sa.Column("impact", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("time_ns", "digest", name=op.f("pk_news")),
    )
    op.create_table(
        "orders",
        sa.Column(
            "order_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("account", sa.BigInteger(), nullable=False),
        sa.Column("instrument", sa.Integer(), nullable=False),
        sa.Column("side", sa.SmallInteger(), nullable=False),
        sa.Column("order_type", sa.SmallInteger(), nullable=False),
        sa.Column("time_in_force", sa.SmallInteger(), nullable=False),
        sa.Column(
            "flags", sa.SmallInteger(), nullable=False, comment="of EventFlag: POST_ONLY, REDUCE_ONLY, FORCED"
        ),
        sa.Column(
            "display",
            sa.BigInteger(),
            nullable=False,
            comment="lots that show of an iceberg order; 0 for all",
        ),
        sa.Column("price", sa.BigInteger(), nullable=False, comment="limit or protection price"),
        sa.Column("stop_price", sa.BigInteger(), nullable=True),
        sa.Column("expires_ns", sa.BigInteger(), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False, comment="all of it"),
        sa.Column("filled", sa.BigInteger(), nullable=False),
        sa.Column("open", sa.BigInteger(), nullable=False),
        sa.Column(
            "worth", sa.BigInteger(), nullable=False, comment="the sum of price times quantity over its fills"
        ),
        sa.Column("fees", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False, comment="an OrderStatus"),
        sa.Column("reason", sa.SmallInteger(), nullable=True, comment="an EndReason"),
        sa.Column("client_order_id", sa.Text(), nullable=True),
        sa.Column("command", sa.BigInteger(), nullable=False, comment="the command that placed it"),
        sa.Column("sequence", sa.BigInteger(), nullable=False, comment="the event that took it"),
        sa.Column(
            "first_sequence",
            sa.BigInteger(),
            nullable=False,
            comment="its last event of the command that placed it",
        ),
        sa.Column(
            "first_filled",
            sa.BigInteger(),
            nullable=False,
            comment="as the four below: as that command left it",
        ),
        sa.Column("first_status", sa.SmallInteger(), nullable=False),
        sa.Column("first_price", sa.BigInteger(), nullable=False),
        sa.Column("first_quantity", sa.BigInteger(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("triggered_ns", sa.BigInteger(), nullable=True, comment="when a stop order woke"),
        sa.Column("updated_ns", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )
    op.create_index("ix_orders_account", "orders", ["account", "order_id"], unique=False)
    op.create_index(
        "ix_orders_expired",
        "orders",
        ["account", "order_id"],
        unique=False,
        sqlite_where=sa.text("status = 4"),
        postgresql_where=sa.text("status = 4"),
    )
    op.create_index(
        "ix_orders_filled",
        "orders",
        ["account", "order_id"],
        unique=False,
        sqlite_where=sa.text("status = 2"),
        postgresql_where=sa.text("status = 2"),
    )
    op.create_index(
        "ix_orders_open",
        "orders",
        ["account", "order_id"],
        unique=False,
        sqlite_where=sa.text("status <= 1"),
        postgresql_where=sa.text("status <= 1"),
    )
    op.create_index(
        "ix_orders_recent_client",
        "orders",
        ["account", "order_id"],
        unique=False,
        sqlite_where=sa.text("client_order_id IS NOT NULL"),
        postgresql_where=sa.text("client_order_id IS NOT NULL"),
    )
    op.create_index(
        "uq_orders_client_order_id",
        "orders",
        ["account", "client_order_id"],
        unique=True,
        sqlite_where=sa.text("client_order_id IS NOT NULL"),
        postgresql_where=sa.text("client_order_id IS NOT NULL"),
    )
    op.create_table(
        "progress",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False, comment="1: there is one row"),
        sa.Column("sequence", sa.BigInteger(), nullable=False, comment="the last event that is projected"),
        sa.Column("command", sa.BigInteger(), nullable=False, comment="the last command that is projected"),
        sa.Column(
            "event_hash", sa.Text(), nullable=False, comment="the core's hash over all events up to there"
        ),
        sa.Column(
            "equity_ns",
            sa.BigInteger(),
            nullable=False,
            comment="when the equity of accounts was last written down",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_progress")),
    )
    op.create_table(
        "trades",
        sa.Column(
            "sequence",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
            comment="the trade's number",
        ),
        sa.Column("time_ns", sa.BigInteger(), nullable=False),
        sa.Column("instrument", sa.Integer(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column(
            "side",
            sa.SmallInteger(),
            nullable=False,
            comment="the taker's; 2 in an auction, where nobody takes",
        ),
        sa.Column("taker_order", sa.BigInteger(), nullable=False, comment="in an auction the buyer's"),
        sa.Column("maker_order", sa.BigInteger(), nullable=False),
        sa.Column("taker_account", sa.BigInteger(), nullable=False),
        sa.Column("maker_account", sa.BigInteger(), nullable=False),
        sa.Column("taker_fee", sa.BigInteger(), nullable=False),
        sa.Column("maker_fee", sa.BigInteger(), nullable=False),
        sa.Column("command", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_trades")),
    )
    op.create_index("ix_trades_instrument", "trades", ["instrument", "sequence"], unique=False)
    op.create_index("ix_trades_maker", "trades", ["maker_account", "sequence"], unique=False)
    op.create_index("ix_trades_taker", "trades", ["taker_account", "sequence"], unique=False)
    op.create_table(
        "users",
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False, comment="the name as `str.casefold` writes it"),
        sa.Column(
            "password_hash", sa.Text(), nullable=True, comment="none for the house, which cannot sign in"
        ),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("account", sa.BigInteger(), nullable=True, comment="in the core; none until it is opened"),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column(
            "disabled",
            sa.Boolean(),
            nullable=False,
            comment="shut out until an administrator lets him in",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_users")),
        sa.UniqueConstraint("account", name=op.f("uq_users_account")),
        sa.UniqueConstraint("name_key", name=op.f("uq_users_name_key")),
    )
    op.create_table(
        "api_keys",
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_ns", sa.BigInteger(), nullable=False),
        sa.Column("last_used_ns", sa.BigInteger(), nullable=True),
        sa.Column("revoked_ns", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_api_keys_user_id")),
        sa.PrimaryKeyConstraint("key_id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
    )
    op.create_index("ix_api_keys_user_id", "api_keys", ["user_id", "created_ns", "key_id"], unique=False)
