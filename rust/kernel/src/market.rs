//! One instrument at one venue, and the history of its feed.
//!
//! An agent whose feed takes `d` sees at time `t` what the feed said at `t - d`. So the feed is kept as a tape,
//! as long as the longest delay of any agent, and looked up; no message is sent to agents that only look.

use std::collections::VecDeque;

use exchange::book::Book;
use exchange::units::Side;

use crate::world::Machine;

/// Levels of each side that a depth view shows.
pub(crate) const DEPTH_LEVELS: usize = 10;

/// The best prices and what shows there. A side without orders has zero lots.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Quote {
    /// Since when, in nanoseconds.
    pub time: i64,
    /// Best bid in ticks.
    pub bid: i64,
    /// Lots at the best bid.
    pub bid_lots: u64,
    /// Best ask in ticks.
    pub ask: i64,
    /// Lots at the best ask.
    pub ask_lots: u64,
}

impl Quote {
    /// The middle of both sides in ticks, if there are both.
    #[inline(always)]
    #[must_use]
    pub fn mid(&self) -> Option<f64> {
        if self.bid_lots == 0 || self.ask_lots == 0 { None } else { Some((self.bid + self.ask) as f64 * 0.5) }
    }

    /// The best price of a side, if it has one.
    #[inline(always)]
    #[must_use]
    pub const fn best(&self, side: Side) -> Option<i64> {
        match side {
            Side::Buy if self.bid_lots != 0 => Some(self.bid),
            Side::Sell if self.ask_lots != 0 => Some(self.ask),
            _ => None,
        }
    }

    fn same_as(&self, other: &Self) -> bool {
        Self { time: 0, ..*self } == Self { time: 0, ..*other }
    }
}

/// A trade as the feed shows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Print {
    /// When, in nanoseconds.
    pub time: i64,
    /// In ticks.
    pub price: i64,
    /// In lots.
    pub lots: u64,
    /// Lots traded so far, this trade included.
    pub volume: u64,
    /// +1 where the buyer came to the seller's price, -1 the other way, 0 in an auction.
    pub side: i8,
}

/// A price level: price in ticks, lots.
pub(crate) type Level = (i64, u64);

/// Levels of both sides at a time.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Depth {
    pub(crate) time: i64,
    pub(crate) bids: [Level; DEPTH_LEVELS],
    pub(crate) asks: [Level; DEPTH_LEVELS],
}

/// An agent that is called when the book's best changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Follower {
    pub(crate) agent: u32,
    /// Its last call that waits in the queue: when it is due, and the slot of its change.
    pub(crate) waiting: Option<(i64, u32)>,
}

/// A change of a book that a follower is about to be called for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub(crate) market: u16,
    /// The follower's place among the market's followers.
    pub(crate) follower: u32,
    /// When it happened at the venue.
    pub(crate) time: i64,
}

/// An instrument at a venue.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) name: String,
    pub(crate) venue: u16,
    pub(crate) symbol: u16,
    /// Its number in the venue's exchange.
    pub(crate) instrument: u32,
    pub(crate) price_step: i64,
    pub(crate) lot_step: u64,
    pub(crate) min_price: i64,
    pub(crate) max_price: i64,
    pub(crate) initial_price: i64,
    /// Cash units that one tick of one lot is worth.
    pub(crate) multiplier: i64,
    pub(crate) open: i64,
    pub(crate) close: i64,
    quotes: VecDeque<Quote>,
    prints: VecDeque<Print>,
    depths: VecDeque<Depth>,
    /// Whether some agent needs levels beyond the best with a delay.
    pub(crate) keeps_depths: bool,
    pub(crate) book_followers: Vec<Follower>,
    pub(crate) trade_followers: Vec<u32>,
}

impl Market {
    pub(crate) fn new(name: String, venue: u16, symbol: u16, instrument: u32) -> Self {
        Self {
            name,
            venue,
            symbol,
            instrument,
            price_step: 1,
            lot_step: 1,
            min_price: 1,
            max_price: 1,
            initial_price: 1,
            multiplier: 1,
            open: 0,
            close: 0,
            quotes: VecDeque::from([Quote::default()]),
            prints: VecDeque::from([Print::default()]),
            depths: VecDeque::new(),
            keeps_depths: false,
            book_followers: Vec::new(),
            trade_followers: Vec::new(),
        }
    }

    /// What the feed says of the best prices at this time.
    #[inline(always)]
    pub(crate) fn quote_at(&self, time: i64) -> Quote {
        self.quotes.iter().rev().find(|quote| quote.time <= time).copied().unwrap_or_default()
    }

    /// The newest quote.
    #[inline(always)]
    pub(crate) fn quote(&self) -> Quote {
        self.quotes.back().copied().unwrap_or_default()
    }

    /// The last trade that the feed shows at this time; zero lots before the first.
    #[inline(always)]
    pub(crate) fn print_at(&self, time: i64) -> Print {
        self.prints.iter().rev().find(|print| print.time <= time).copied().unwrap_or_default()
    }

    pub(crate) fn depth_at(&self, time: i64, machine: &Machine) -> Depth {
        if !self.keeps_depths {
            return self.depth_now(time, machine);
        }
        self.depths.iter().rev().find(|depth| depth.time <= time).copied().unwrap_or_default()
    }

    /// The levels that stand in the book.
    pub(crate) fn depth_now(&self, time: i64, machine: &Machine) -> Depth {
        let mut depth = Depth { time, ..Depth::default() };
        let Some(book) = machine.book(self.instrument) else { return depth };
        for (side, levels) in [(Side::Buy, &mut depth.bids), (Side::Sell, &mut depth.asks)] {
            let mut place = levels.iter_mut();
            book.visit_levels(side, |level| match place.next() {
                Some(to) => {
                    *to = (level.price.get(), level.quantity);
                    true
                }
                None => false,
            });
        }
        depth
    }

    /// Takes a trade into the tape.
    #[inline(always)]
    pub(crate) fn add_print(&mut self, time: i64, price: i64, lots: u64, side: i8, keep_ns: i64) -> Print {
        let volume = self.prints.back().map_or(0, |last| last.volume) + lots;
        let print = Print { time, price, lots, volume, side };
        self.prints.push_back(print);
        while self.prints.get(1).is_some_and(|second| second.time < time - keep_ns) {
            self.prints.pop_front();
        }
        print
    }

    /// Looks at the book again. Returns the quote where it changed.
    #[inline(always)]
    pub(crate) fn refresh(&mut self, time: i64, machine: &Machine, keep_ns: i64) -> Option<Quote> {
        if self.keeps_depths {
            self.depths.push_back(self.depth_now(time, machine));
            while self.depths.get(1).is_some_and(|second| second.time < time - keep_ns) {
                self.depths.pop_front();
            }
        }
        let mut quote = Quote { time, ..Quote::default() };
        if let Some((bid, lots)) = machine.best(self.instrument, Side::Buy) {
            (quote.bid, quote.bid_lots) = (bid.get(), lots);
        }
        if let Some((ask, lots)) = machine.best(self.instrument, Side::Sell) {
            (quote.ask, quote.ask_lots) = (ask.get(), lots);
        }
        if quote.same_as(&self.quote()) {
            return None;
        }
        self.quotes.push_back(quote);
        while self.quotes.get(1).is_some_and(|second| second.time < time - keep_ns) {
            self.quotes.pop_front();
        }
        Some(quote)
    }

    /// A price on the step and in range, nearest to a wish: down for a buy, up for a sell.
    #[inline(always)]
    pub(crate) fn fit_price(&self, side: Side, wish: f64) -> i64 {
        let step = self.price_step as f64;
        let steps = match side {
            Side::Buy => libm::floor(wish / step + 1e-9),
            Side::Sell => libm::ceil(wish / step - 1e-9),
        };
        let low = self.min_price.div_euclid(self.price_step)
            + i64::from(self.min_price.rem_euclid(self.price_step) != 0);
        // A range may hold no price at all; then any will do, and the venue refuses it.
        (steps as i64).min(self.max_price.div_euclid(self.price_step)).max(low) * self.price_step
    }
}
