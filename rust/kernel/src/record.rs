//! What a run keeps: events, quotes, and samples of depth and of profit and loss.

use exchange::event::{EventKind, EventRecord};

/// A change of the best prices. A side without orders has zero lots and price zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct QuoteRecord {
    /// When, in nanoseconds.
    pub time_ns: i64,
    /// In ticks.
    pub bid: i64,
    /// In lots.
    pub bid_quantity: u64,
    /// In ticks.
    pub ask: i64,
    /// In lots.
    pub ask_quantity: u64,
    /// Which market.
    pub market: u32,
    /// Always zero.
    pub reserved: u32,
}

/// A sample: a level of a book, or the profit and loss of a group.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct SampleRecord {
    /// When, in nanoseconds.
    pub time_ns: i64,
    /// The price of a level in ticks, or a profit in cash units.
    pub value: i64,
    /// Lots of a level.
    pub quantity: u64,
    /// The market of a level, or the number of a group.
    pub subject: u32,
    /// 0 a bid level, 1 an ask level, 2 a group's profit and loss.
    pub kind: u16,
    /// The level, 0 the best.
    pub level: u16,
}

/// What is recorded, until it is taken away.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    /// Whether orders, trades and their ends are kept.
    pub(crate) orders: bool,
    /// Whether changes of the best prices are kept.
    pub(crate) quotes: bool,
    /// Nanoseconds between samples; zero for none.
    pub(crate) sample_ns: i64,
    /// Events of each venue.
    pub events: Vec<Vec<EventRecord>>,
    /// Changes of the best prices.
    pub quote_rows: Vec<QuoteRecord>,
    /// Samples.
    pub samples: Vec<SampleRecord>,
}

impl Recorder {
    #[inline(always)]
    pub(crate) fn keep(&mut self, venue: u16, events: &[EventRecord]) {
        if self.orders {
            self.events[usize::from(venue)].extend(events.iter().filter(|event| is_kept(event)));
        }
    }

    /// How many rows wait to be taken.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.events.iter().map(Vec::len).sum::<usize>() + self.quote_rows.len() + self.samples.len()
    }
}

/// Postings and administration say nothing that orders and trades do not.
fn is_kept(event: &EventRecord) -> bool {
    !matches!(
        event.kind(),
        Some(
            EventKind::Balance
                | EventKind::Position
                | EventKind::AccountOpened
                | EventKind::LimitsSet
                | EventKind::ClockAdvanced
                | EventKind::MassCancelled
        )
    )
}
