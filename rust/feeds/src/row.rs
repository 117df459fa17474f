//! One row of a recording: a changed price level, a trade, or one side of a best quote.

/// What happened, when, and on which line it stands. Forty bytes without padding, so that arrays of rows can be lent
/// to other languages as they are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct Row {
    /// When the exchange says that it happened, in nanoseconds since 1970, UTC; zero where nothing is known yet.
    pub exchange_ns: i64,
    /// When the recorder received it, in nanoseconds since 1970, UTC; never before the row above.
    pub local_ns: i64,
    /// Price in ticks; zero only for a best quote of a side on which nothing stands.
    pub price: i64,
    /// Quantity in lots: the new total of a level (zero removes it), the size of a trade, or what stands at the best.
    pub quantity: u64,
    /// The line it comes from, counted from 1.
    pub line: u32,
    /// One of [`kind`].
    pub kind: u8,
    /// One of [`side`].
    pub side: u8,
    /// Any of [`flag`].
    pub flags: u16,
}

/// What a row says.
pub mod kind {
    /// The quantity at a price is now this.
    pub const DEPTH: u8 = 1;
    /// A trade.
    pub const TRADE: u8 = 2;
    /// The best price of a side, and what stands there.
    pub const QUOTE: u8 = 3;
}

/// Whose row it is.
pub mod side {
    /// A bid; of a trade, that the buyer came second.
    pub const BUY: u8 = 0;
    /// An ask; of a trade, that the seller came second.
    pub const SELL: u8 = 1;
}

/// What else is to be said of a row.
pub mod flag {
    /// The last row of its message: only here is the book one that the exchange ever showed.
    pub const LAST: u16 = 1;
    /// Part of a snapshot of the whole book.
    pub const SNAPSHOT: u16 = 2;
    /// The book is not known to be whole: no snapshot came yet, or updates are missing since the last one.
    pub const STALE: u16 = 4;
    /// Made by the reader in repair; the recording does not say it.
    pub const REPAIRED: u16 = 8;
}
