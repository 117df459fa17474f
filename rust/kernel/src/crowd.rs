//! What agents are to the kernel: crowds, called for what they take interest in.

use exchange::units::Side;

use crate::context::Context;
use crate::market::Print;

/// Sets of what a crowd is called for. Nothing else costs anything.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Interests(u16);

impl Interests {
    /// Nothing but its own timers.
    pub const TIMERS: Self = Self(0);
    /// Its fills. The kernel then also knows its position as the agent itself may know it.
    pub const FILLS: Self = Self(1);
    /// What becomes of its orders: accepted, replaced, ended, refused.
    pub const ORDERS: Self = Self(2);
    /// Each change of the best prices of its markets.
    pub const BOOK: Self = Self(4);
    /// Each trade in its markets.
    pub const TRADES: Self = Self(8);
    /// News.
    pub const NEWS: Self = Self(16);
    /// Changes of phase of its markets.
    pub const PHASES: Self = Self(32);
    /// It looks at levels beyond the best.
    pub const DEPTH: Self = Self(64);
    /// It cancels or replaces single orders by their token.
    pub const TOKENS: Self = Self(128);

    /// Both sets.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether anything of `other` is in it.
    #[inline(always)]
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The set of these bits.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }
}

/// What a note tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum NoteKind {
    /// The order was taken.
    Accepted = 0,
    /// It traded: `price`, `lots`, `left` open.
    Filled = 1,
    /// What was open of it is gone: `lots`; `reason` is the end reason.
    Ended = 2,
    /// It was refused; `reason` is the reject number.
    Refused = 3,
    /// It was changed: the new `price` and open `left`.
    Replaced = 4,
    /// Somebody traded in a market that is followed.
    Printed = 5,
}

/// What an agent is told of an order of its own, or of a trade that it follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Note {
    /// What happened.
    pub kind: NoteKind,
    /// Of the agent's own order, or of the aggressor; `None` in an auction.
    pub side: Option<Side>,
    /// Whether the agent's order stood in the book.
    pub maker: bool,
    /// End reason or reject number.
    pub reason: u8,
    /// Where.
    pub market: u16,
    /// The agent's own name for the order.
    pub token: u32,
    /// The exchange's number of the order.
    pub order_id: u64,
    /// When it happened at the venue, in nanoseconds.
    pub time: i64,
    /// In ticks.
    pub price: i64,
    /// In lots.
    pub lots: u64,
    /// Lots still open; of a followed trade the volume so far.
    pub left: u64,
    /// Fee paid, in cash units; below zero a rebate.
    pub fee: i64,
}

impl Note {
    /// The trade that a note of the kind [`NoteKind::Printed`] tells of.
    #[must_use]
    pub fn print(&self) -> Print {
        let side = self.side.map_or(0, |side| side.sign() as i8);
        Print { time: self.time, price: self.price, lots: self.lots, volume: self.left, side }
    }
}

/// A group of agents of one kind, in one object however many there are.
///
/// `who` is the member, from zero. Everything that a member remembers lives in the crowd's own tables, and
/// everything that it does goes through the context.
pub trait Crowd: Send + Sync {
    /// What it is called for; asked once.
    fn interests(&self) -> Interests {
        Interests::TIMERS
    }
    /// The simulation begins.
    fn on_start(&mut self, who: u32, context: &mut Context<'_>);
    /// A timer of its own is due.
    fn on_timer(&mut self, who: u32, timer: u32, context: &mut Context<'_>);
    /// The best prices of a market changed.
    fn on_book(&mut self, _who: u32, _market: u16, _context: &mut Context<'_>) {}
    /// There was a trade.
    fn on_trade(&mut self, _who: u32, _market: u16, _print: &Print, _context: &mut Context<'_>) {}
    /// An order of its own traded.
    fn on_fill(&mut self, _who: u32, _fill: &Note, _context: &mut Context<'_>) {}
    /// An order of its own was accepted, replaced, refused, or ended.
    fn on_order(&mut self, _who: u32, _note: &Note, _context: &mut Context<'_>) {}
    /// News came out.
    fn on_news(&mut self, _who: u32, _news: u32, _context: &mut Context<'_>) {}
    /// A market changed its phase.
    fn on_phase(&mut self, _who: u32, _market: u16, _phase: u8, _context: &mut Context<'_>) {}
    /// New parameters, of the type that its module names and checked already: from now on it goes by them, and keeps
    /// what it knows, what it waits for and what stands in the books.
    ///
    /// # Errors
    /// Why it cannot go by them; it is then as it was.
    fn tune(&mut self, _params: &dyn core::any::Any) -> Result<(), &'static str> {
        Err("its parameters cannot change while it runs")
    }
    /// A copy, for a fork of the simulation.
    fn copy(&self) -> Box<dyn Crowd>;
}
