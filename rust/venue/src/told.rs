//! What a batch came to: answers, trades, and messages to owners.

use core::ops::Range;

/// The answer to a command; what is said lies in [`Told::bytes`].
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    /// These bytes.
    Said(Range<usize>),
    /// The command was refused, by the core's number.
    Refused(u8),
    /// It was carried out, and ended so many orders.
    Count(u64),
}

/// A trade to tell everybody.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Traded {
    /// Its event.
    pub sequence: u64,
    /// When.
    pub time_ns: i64,
    /// In what.
    pub instrument: u32,
    /// In ticks.
    pub price: i64,
    /// In lots.
    pub lots: u64,
    /// As everybody sees it.
    pub view: Range<usize>,
}

/// What a message to an owner tells of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum OwnerKind {
    /// What became of an order.
    Order = 0,
    /// A trade.
    Fill = 1,
}

/// A message to the owner of an account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Owner {
    /// Whose.
    pub account: u32,
    /// What it tells of.
    pub kind: OwnerKind,
    /// The order, and the trade where there is one.
    pub data: Range<usize>,
}

/// An instrument that moved to another phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PhaseChange {
    /// Its event.
    pub sequence: u64,
    /// The instrument.
    pub instrument: u32,
    /// The new phase's number.
    pub phase: u8,
}

/// What a batch came to. Ranges are of `bytes`.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Everything that is said.
    pub bytes: Vec<u8>,
    /// One for each command.
    pub answers: Vec<Answer>,
    /// In order.
    pub trades: Vec<Traded>,
    /// In order.
    pub owners: Vec<Owner>,
    /// In order.
    pub phases: Vec<PhaseChange>,
    /// The instruments whose book may look different, each once.
    pub changed: Vec<u32>,
    /// When new orders end that are good till a date.
    pub expiries: Vec<i64>,
    /// New orders.
    pub accepted: u64,
    /// The reasons of refused commands.
    pub rejected: Vec<u8>,
    /// The last event.
    pub sequence: u64,
}
