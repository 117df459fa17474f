//! An open order as its owner sees it.

use std::io::Write as _;

use exchange::command::{OrderType, TimeInForce};

use crate::json;
use crate::teller::Listed;

const NS_PER_MS: i64 = 1_000_000;

/// How an order stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Status {
    Open,
    Filled,
    Cancelled,
    Expired,
}

/// What is kept of an open order, in ticks, lots and nanoseconds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LiveOrder {
    /// The core's number.
    pub order_id: u64,
    /// Whose.
    pub account: u32,
    /// The instrument.
    pub instrument: u32,
    /// 0 buy, 1 sell.
    pub side: u8,
    /// [`OrderType`].
    pub order_type: u8,
    /// [`TimeInForce`].
    pub time_in_force: u8,
    /// Limit or protection price.
    pub price: i64,
    /// Zero where it has none.
    pub stop_price: i64,
    /// All of it, what is filled included and what self-trade prevention took left out.
    pub quantity: u64,
    /// Of it.
    pub filled: u64,
    /// Ticks times lots of its fills.
    pub paid: i128,
    /// When it came.
    pub created_ns: i64,
    /// When something last happened to it.
    pub updated_ns: i64,
    /// The owner's name of it.
    pub client_order_id: Option<Box<str>>,
}

impl LiveOrder {
    /// Whether nothing is left to fill.
    pub(crate) const fn is_filled(&self) -> bool {
        self.filled >= self.quantity
    }

    /// Takes note of a trade.
    pub(crate) fn fill(&mut self, price: i64, lots: u64, time_ns: i64) {
        self.filled += lots;
        self.paid += i128::from(price) * i128::from(lots);
        self.updated_ns = time_ns;
    }

    /// Whether its price is one that its owner chose.
    const fn has_limit(&self) -> bool {
        self.order_type == OrderType::Limit as u8 || self.order_type == OrderType::StopLimit as u8
    }

    const fn has_stop(&self) -> bool {
        self.order_type == OrderType::Stop as u8 || self.order_type == OrderType::StopLimit as u8
    }

    /// Writes its limit, or `null`.
    pub(crate) fn write_price(&self, listed: &Listed, out: &mut Vec<u8>) {
        if self.has_limit() {
            listed.price.write(i128::from(self.price), out);
        } else {
            out.extend(b"null");
        }
    }

    /// The word for how it stands, given how it ended if it did.
    pub(crate) const fn word(status: Status, filled: u64) -> &'static str {
        match status {
            Status::Open if filled > 0 => "partial",
            Status::Open => "open",
            Status::Filled => "filled",
            Status::Cancelled => "cancelled",
            Status::Expired => "expired",
        }
    }

    /// Writes it as an `OrderView`.
    pub(crate) fn write(&self, listed: &Listed, status: Status, reason: Option<&str>, out: &mut Vec<u8>) {
        out.extend(b"{\"order_id\":");
        json::name(self.order_id, out);
        out.extend(b",\"client_order_id\":");
        json::maybe_text(self.client_order_id.as_deref(), out);
        out.extend(b",\"ticker\":");
        json::text(&listed.ticker, out);
        out.extend(b",\"side\":");
        json::text(side_word(self.side), out);
        out.extend(b",\"type\":");
        json::text(type_word(self.order_type), out);
        out.extend(b",\"time_in_force\":");
        json::text(life_word(self.time_in_force), out);
        out.extend(b",\"price\":");
        self.write_price(listed, out);
        out.extend(b",\"stop_price\":");
        if self.has_stop() {
            listed.price.write(i128::from(self.stop_price), out);
        } else {
            out.extend(b"null");
        }
        out.extend(b",\"quantity\":");
        listed.quantity.write(i128::from(self.quantity), out);
        out.extend(b",\"filled_quantity\":");
        listed.quantity.write(i128::from(self.filled), out);
        out.extend(b",\"average_price\":");
        if self.filled > 0 {
            // Writing to a vector does not fail.
            let _ = write!(out, "{}", listed.price.mean(self.paid, self.filled));
        } else {
            out.extend(b"null");
        }
        out.extend(b",\"status\":");
        json::text(Self::word(status, self.filled), out);
        out.extend(b",\"reason\":");
        json::maybe_text(reason, out);
        out.extend(b",\"created_at\":");
        json::integer(i128::from(self.created_ns / NS_PER_MS), out);
        out.extend(b",\"updated_at\":");
        json::integer(i128::from(self.updated_ns / NS_PER_MS), out);
        out.push(b'}');
    }
}

pub(crate) const fn side_word(side: u8) -> &'static str {
    if side == 0 { "buy" } else { "sell" }
}

const fn type_word(number: u8) -> &'static str {
    match OrderType::from_u8(number) {
        Some(OrderType::Market) => "market",
        Some(OrderType::Stop) => "stop",
        Some(OrderType::StopLimit) => "stop_limit",
        Some(OrderType::Limit) | None => "limit",
    }
}

const fn life_word(number: u8) -> &'static str {
    match TimeInForce::from_u8(number) {
        Some(TimeInForce::Day) => "DAY",
        Some(TimeInForce::ImmediateOrCancel) => "IOC",
        Some(TimeInForce::FillOrKill) => "FOK",
        Some(TimeInForce::GoodTillDate) => "GTD",
        Some(TimeInForce::GoodTillCancel) | None => "GTC",
    }
}
