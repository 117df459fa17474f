//! What a recording held, in numbers.

/// Counts of a recording so far, and what its clocks say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Lines, all of them.
    pub lines: u32,
    /// Rows given.
    pub rows: u64,
    /// Best quotes.
    pub quotes: u64,
    /// Updates of the book.
    pub updates: u64,
    /// Trades.
    pub trades: u64,
    /// Snapshots of the book.
    pub snapshots: u64,
    /// Updates that a snapshot had already taken in, left out.
    pub old_updates: u64,
    /// Lines of streams that are not read, left out.
    pub unknown_streams: u64,
    /// Lines of other instruments than the one asked for, left out.
    pub other_symbols: u64,
    /// The instrument, as the exchange names it; empty where no line named one.
    pub symbol: String,
    /// Receive time of the first line with rows, zero before it.
    pub first_local_ns: i64,
    /// Receive time of the last line with rows.
    pub last_local_ns: i64,
    /// The exchange's time of the first update or trade, zero before it.
    pub first_exchange_ns: i64,
    /// The newest of the exchange's times.
    pub last_exchange_ns: i64,
    /// Smallest receive time less exchange time; below zero where the recorder's clock was behind. `None` before the
    /// first update or trade, as the next.
    pub least_delay_ns: Option<i64>,
    /// Largest receive time less exchange time.
    pub largest_delay_ns: Option<i64>,
    /// The line from which on the book is first known to be whole.
    pub first_whole_line: Option<u32>,
}
