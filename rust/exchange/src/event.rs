//! What happened: fixed-size records in one gapless sequence.
//!
//! Every event is one [`EventRecord`] of 96 bytes, written once. A column's meaning depends on the kind and
//! stands in the table of the reference page. Events with the flag [`PUBLIC`] are what everybody may see,
//! once their account columns are masked; from them alone a reader can rebuild the book at every sequence.

use crate::hash::RunningHash;

/// Everybody may see it.
pub const PUBLIC: u8 = 1;
/// A trade or a price made in a call auction.
pub const AUCTION: u8 = 2;
/// The order kept its place in the queue.
pub const KEPT_PLACE: u8 = 4;
/// Done to close an account's positions against its will.
pub const FORCED: u8 = 8;
/// The order adds liquidity or is refused.
pub const POST_ONLY: u8 = 16;
/// The order only ever makes a position smaller.
pub const REDUCE_ONLY: u8 = 32;

/// The `side` of an event that has none.
pub const NO_SIDE: u8 = 255;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        /// The kind of an event, by its stable number.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum EventKind {
            $($(#[$doc])* $name = $number,)*
        }

        impl EventKind {
            /// Every kind, by rising number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name as other languages spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }

            /// The kind with this number.
            #[must_use]
            pub const fn from_number(number: u8) -> Option<Self> {
                match number {
                    $($number => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

kinds! {
    /// A command was refused: `reason` is the reject number, `order_id` and `counter_id` what it named,
    /// `amount` the command's kind.
    Rejected = 1;

    /// An order was taken: `counter_id` client order id, `price` limit or protection price, `quantity` all
    /// of it, `remaining` display quantity, `amount` stop price, `amount_2` expiry, `reason` order type
    /// times 16 plus time in force.
    Accepted = 10;
    /// An order stands in the book: `quantity` is what shows.
    Booked = 11;
    /// A trade: `order_id` and `account` the taker's, `counter_id` and `counterparty` the maker's,
    /// `remaining` what still shows of the maker, `amount` taker's fee, `amount_2` maker's fee.
    Trade = 12;
    /// What was open of an order is gone: `quantity` lots, `remaining` of which stood in the book to see.
    Cancelled = 13;
    /// As cancelled, because its time was over.
    Expired = 14;
    /// An order was changed: `price` and `quantity` (open) are the new ones, `remaining` is what shows of
    /// it from now on; without the flag `KEPT_PLACE` it left its place and comes back as booked or trades.
    Replaced = 15;
    /// An iceberg order shows its next slice of `quantity`, at the end of its queue.
    Refreshed = 16;
    /// A stop order woke up: `price` is the trade price that woke it.
    Triggered = 17;
    /// An order lost `quantity` lots to self-trade prevention; `remaining` still shows.
    Reduced = 18;
    /// A mass cancel is done; `quantity` orders were cancelled.
    MassCancelled = 19;

    /// An account was opened.
    AccountOpened = 30;
    /// Cash moved: `amount` free, `amount_2` in escrow; `reason` says why.
    Balance = 31;
    /// Lots moved: `amount` position, `amount_2` of it locked in open sell orders; `reason` says why.
    Position = 32;
    /// An account's limits were set: `quantity` largest order, `amount` largest position, `remaining`
    /// open orders.
    LimitsSet = 33;
    /// An account's status is now `reason`.
    StatusChanged = 34;

    /// An instrument was listed: `reason` its kind, `price` its first mark, `amount` and `amount_2` its
    /// price range, `counter_id` its reference.
    Listed = 40;
    /// An instrument's phase is now `reason`.
    PhaseChanged = 41;
    /// An auction crossed: `price`, `quantity` traded, `amount` imbalance left (buy positive).
    Uncrossed = 42;
    /// The price band is now `amount` to `amount_2` around the reference `price`.
    BandSet = 43;
    /// The mark price is now `price`.
    MarkSet = 44;
    /// An instrument is settled at `price`.
    Settled = 45;
    /// The price step is now `amount` and the lot step `quantity`.
    IncrementsSet = 46;

    /// An account's equity `amount` fell below its maintenance margin `amount_2`.
    MarginCall = 50;
    /// A slice of `quantity` lots of an account's position is sent to the book at limit `price`.
    Liquidation = 51;
    /// `quantity` lots were closed at the mark `price` against the position of `counterparty`.
    Deleveraged = 52;
    /// An account ended owing `amount`; the fund pays `amount_2` of it.
    Bankrupt = 53;

    /// The clock moved to the record's time.
    ClockAdvanced = 60;
}

macro_rules! causes {
    ($(#[$outer:meta])* $type:ident { $($(#[$doc:meta])* $name:ident = $number:literal;)* }) => {
        $(#[$outer])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[repr(u8)]
        pub enum $type {
            $($(#[$doc])* $name = $number,)*
        }

        impl $type {
            /// Every one, by rising number.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name as other languages spell it.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => stringify!($name),)*
                }
            }
        }
    };
}

causes! {
    /// Why an order ended, in the `reason` of cancelled, expired, replaced and reduced.
    EndReason {
        /// Its owner asked.
        ByOwner = 1;
        /// A mass cancel.
        MassCancel = 2;
        /// What an immediate-or-cancel or market order could not trade.
        ImmediateRemainder = 3;
        /// A fill-or-kill order that could not fill.
        NotFilledWhole = 4;
        /// Self-trade prevention.
        SelfTrade = 5;
        /// Its expiry passed.
        ExpiryPassed = 6;
        /// A day order at the close.
        DayOver = 7;
        /// A reduce-only order with nothing left to reduce.
        NothingToReduce = 8;
        /// Its account is being liquidated.
        AccountLiquidated = 9;
        /// Its instrument is settled.
        InstrumentSettled = 10;
        /// A trade would have passed the circuit breaker.
        CircuitBreaker = 11;
        /// It lies outside a new price band.
        BandMoved = 12;
        /// The book is full.
        BookFull = 13;
        /// A post-only stop order that would have traded when it woke.
        PostOnly = 14;
    }
}

causes! {
    /// Why cash or lots moved, in the `reason` of balance and position events.
    PostingCause {
        /// Put in from outside.
        Deposit = 1;
        /// Taken out.
        Withdrawal = 2;
        /// Set aside for an open order.
        Reserved = 3;
        /// Given back by an order that needs less.
        Released = 4;
        /// A trade.
        Trade = 5;
        /// A settlement.
        Settlement = 6;
        /// The insurance fund paid for a bankrupt account.
        FundPaid = 7;
        /// A share of a loss that the fund could not pay.
        LossShared = 8;
        /// Closed at the mark against the other side.
        Deleveraged = 9;
    }
}

/// One event, as it is stored, hashed, sent and shown to NumPy.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct EventRecord {
    /// Place in the gapless sequence, from 1.
    pub sequence: u64,
    /// The time of the command that caused it.
    pub time_ns: i64,
    /// The number of that command, from 1.
    pub command: u64,
    /// The order it is about.
    pub order_id: u64,
    /// The other order, or the client order id.
    pub counter_id: u64,
    /// In ticks.
    pub price: i64,
    /// In lots.
    pub quantity: u64,
    /// In lots.
    pub remaining: u64,
    /// In cash units unless the kind says otherwise.
    pub amount: i64,
    /// In cash units unless the kind says otherwise.
    pub amount_2: i64,
    /// Whose it is.
    pub account: u32,
    /// The other account.
    pub counterparty: u32,
    /// The instrument.
    pub instrument: u32,
    /// [`EventKind`].
    pub kind: u8,
    /// 0 buy, 1 sell, 255 none.
    pub side: u8,
    /// A reason by the kind's own numbers.
    pub reason: u8,
    /// Bits: [`PUBLIC`] and its neighbours.
    pub flags: u8,
}

impl EventRecord {
    /// An event of a kind about nothing yet.
    #[inline(always)]
    #[must_use]
    pub(crate) fn of(kind: EventKind) -> Self {
        Self { kind: kind as u8, side: NO_SIDE, ..Self::default() }
    }

    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> Option<EventKind> {
        EventKind::from_number(self.kind)
    }

    /// Whether everybody may see it.
    #[inline(always)]
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.flags & PUBLIC != 0
    }

    /// The event as everybody may see it: without accounts, fees and client ids.
    #[must_use]
    pub fn public_view(&self) -> Option<Self> {
        if !self.is_public() {
            return None;
        }
        let mut seen = Self { account: 0, counterparty: 0, ..*self };
        match self.kind() {
            Some(EventKind::Trade) => {
                seen.amount = 0;
                seen.amount_2 = 0;
            }
            // What an iceberg order hid stays hidden when it leaves.
            Some(EventKind::Cancelled | EventKind::Expired) => {
                seen.quantity = self.remaining;
                seen.counter_id = 0;
            }
            Some(EventKind::Replaced) => seen.quantity = self.remaining,
            _ => {}
        }
        Some(seen)
    }

    #[inline(always)]
    #[allow(clippy::cast_sign_loss)] // The hash takes the bits as they are.
    const fn words(&self) -> [u64; 12] {
        [
            self.sequence,
            self.time_ns as u64,
            self.command,
            self.order_id,
            self.counter_id,
            self.price as u64,
            self.quantity,
            self.remaining,
            self.amount as u64,
            self.amount_2 as u64,
            self.account as u64 | (self.counterparty as u64) << 32,
            self.instrument as u64
                | (self.kind as u64) << 32
                | (self.side as u64) << 40
                | (self.reason as u64) << 48
                | (self.flags as u64) << 56,
        ]
    }
}

/// Where the core writes its events.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventLog {
    pub(crate) arena: Vec<EventRecord>,
    pub(crate) sequence: u64,
    pub(crate) command: u64,
    pub(crate) time_ns: i64,
    pub(crate) hash: RunningHash,
}

impl EventLog {
    /// Stamps an event, hashes it and keeps it.
    #[inline(always)]
    pub(crate) fn push(&mut self, mut event: EventRecord) {
        self.sequence += 1;
        event.sequence = self.sequence;
        event.time_ns = self.time_ns;
        event.command = self.command;
        self.hash.absorb(event.words());
        self.arena.push(event);
    }

    /// Whether there was a trade in this command, and this account had no part in it.
    pub(crate) fn traded_without(&self, account: u32) -> bool {
        let mut now = self.arena.iter().rev().take_while(|event| event.command == self.command);
        now.clone().any(|event| event.kind == EventKind::Trade as u8)
            && !now.any(|event| event.account == account || event.counterparty == account)
    }
}
