//! A row of a tape, and how a tape is read.

use serde::Deserialize;

use super::queue_model::QueueModel;
use crate::spec::Error;

/// A row of recorded market data, of 40 bytes without gaps. The first three kinds are what the crate `feeds` reads
/// out of recordings; the others tell of single orders.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[repr(C)]
pub struct TapeRow {
    /// When it happened at the exchange, in nanoseconds.
    pub exchange_ns: i64,
    /// When the recorder received it, in nanoseconds.
    pub local_ns: i64,
    /// In ticks.
    pub price: i64,
    /// In lots.
    pub quantity: u64,
    /// Of [`kind::ENTER`], [`kind::CANCEL`] and [`kind::EXECUTE`] the order, counted from zero and below the number
    /// of rows; else anything.
    pub reference: u32,
    /// One of [`kind`].
    pub kind: u8,
    /// 0 a bid, or a buyer who came second; 1 an ask, or a seller who came second.
    pub side: u8,
    /// Any of [`flag`].
    pub flags: u16,
}

/// What a row says.
pub mod kind {
    /// The quantity at a price is now this.
    pub const DEPTH: u8 = 1;
    /// A trade. Beside rows of single orders: a trade with an order that did not show.
    pub const TRADE: u8 = 2;
    /// The best price of a side, and what stands there; no quantity where nothing does.
    pub const QUOTE: u8 = 3;
    /// An order enters at the end of its queue.
    pub const ENTER: u8 = 4;
    /// So many lots are taken off an order, which keeps its place.
    pub const CANCEL: u8 = 5;
    /// So many lots of a resting order trade; `side` is the resting order's.
    pub const EXECUTE: u8 = 6;
    /// The market moves to the phase with the number in `quantity`.
    pub const PHASE: u8 = 7;
}

/// What else is to be said of a row.
pub mod flag {
    /// The last row of its message: only here is the book one that the exchange ever showed.
    pub const LAST: u16 = 1;
    /// The book is not known to be whole.
    pub const STALE: u16 = 4;
}

/// Highest price either way, in ticks.
const PRICE_MAX: i64 = 1 << 40;
/// Largest quantity of a row, in lots.
const QUANTITY_MAX: u64 = (1 << 53) - 1;

/// Whose clock simulated time is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// The exchange's.
    #[default]
    Exchange,
    /// The recorder's.
    Local,
}

/// When a row can be seen, before the delay of an agent's own feed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feed {
    /// At its time.
    #[default]
    Instant,
    /// When the recorder received it. Only beside the exchange's clock.
    Recorded,
}

/// How a tape is read.
#[derive(Clone, Copy, PartialEq, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TapeSettings {
    /// Whose clock simulated time is.
    pub clock: Clock,
    /// When rows can be seen.
    pub feed: Feed,
    /// Added to every `local_ns`: clocks of recorders go wrong.
    pub shift_ns: i64,
    /// Added to both times of every row.
    pub offset_ns: i64,
    /// How an order's place in a queue is estimated where the tape tells of levels only.
    pub queue: QueueModel,
    /// Whether what agents take of a level stays taken until the tape next tells of that level.
    pub impact: bool,
    /// Whether rows of best quotes are taken into the book, and rule its top.
    pub quotes: bool,
    /// Nanoseconds between two settings of the exchange's mark price, once agents have traded.
    pub mark_ns: i64,
}

impl Default for TapeSettings {
    fn default() -> Self {
        Self {
            clock: Clock::Exchange,
            feed: Feed::Instant,
            shift_ns: 0,
            offset_ns: 0,
            queue: QueueModel::default(),
            impact: false,
            quotes: true,
            mark_ns: 1_000_000_000,
        }
    }
}

impl TapeSettings {
    /// Reads settings from JSON; what is left out has its default.
    ///
    /// # Errors
    /// The text is no JSON, or has keys or values that there are not.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|error| Error::new("tape", error.to_string()))
    }

    /// What is wrong with them, if anything.
    pub(crate) fn flaw(&self, single_orders: bool) -> Option<&'static str> {
        if self.mark_ns <= 0 {
            return Some("mark_ns must be above zero");
        }
        if self.feed == Feed::Recorded && self.clock == Clock::Local {
            return Some("a recorded feed needs the exchange's clock");
        }
        if self.impact && single_orders {
            return Some("single orders have impact as a script, not as a tape");
        }
        self.queue.flaw()
    }
}

/// What is wrong with a row, if anything.
fn flaw(row: &TapeRow, rows: usize) -> Option<&'static str> {
    if !(kind::DEPTH..=kind::PHASE).contains(&row.kind) || row.side > 1 {
        return Some("has a kind or side that there is not");
    }
    if row.price.unsigned_abs() > PRICE_MAX.unsigned_abs() || row.quantity > QUANTITY_MAX {
        return Some("has a price above 2^40 ticks or a quantity above 2^53 - 1 lots");
    }
    if tells_of_orders(row) && row.reference as usize >= rows {
        return Some("has a reference that is not below the number of rows");
    }
    if row.kind == kind::PHASE && row.quantity > 4 {
        return Some("has a phase that a tape cannot set");
    }
    None
}

const fn tells_of_orders(row: &TapeRow) -> bool {
    matches!(row.kind, kind::ENTER | kind::CANCEL | kind::EXECUTE)
}

/// Checks rows and brings them into the order and the times in which they are carried out: afterwards
/// `exchange_ns` is a row's simulated time, and `local_ns` when it can be seen. Returns whether they tell of single
/// orders.
pub(crate) fn prepare(rows: &mut [TapeRow], settings: &TapeSettings) -> Result<bool, (usize, &'static str)> {
    let count = rows.len();
    let (mut orders, mut levels, mut sorted) = (false, false, true);
    let mut before = i64::MIN;
    for (number, row) in rows.iter_mut().enumerate() {
        if let Some(flaw) = flaw(row, count) {
            return Err((number, flaw));
        }
        orders |= tells_of_orders(row);
        levels |= matches!(row.kind, kind::DEPTH | kind::QUOTE);
        if orders && levels {
            return Err((
                number,
                "tells of levels beside rows that tell of single orders, or the other way round",
            ));
        }
        let local = row.local_ns.saturating_add(settings.shift_ns);
        let time = if settings.clock == Clock::Local { local } else { row.exchange_ns };
        let seen = if settings.feed == Feed::Recorded { local.max(time) } else { time };
        row.exchange_ns = time.saturating_add(settings.offset_ns);
        row.local_ns = seen.saturating_add(settings.offset_ns);
        sorted &= row.exchange_ns >= before;
        before = row.exchange_ns;
    }
    if !sorted {
        // Rows of different streams; those of one message have one time and stay together.
        rows.sort_by_key(|row| row.exchange_ns);
    }
    let mut seen = i64::MIN;
    for row in rows {
        // What is shown is never taken back: a row that was sent before another is seen before it.
        seen = seen.max(row.local_ns);
        row.local_ns = seen;
    }
    Ok(orders)
}
