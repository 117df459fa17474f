//! The block: one large order, in equal pieces over time, and nothing after it.
//!
//! Source: the constant-rate schedule of Bertsimas and Lo (1998, doi:10.1016/S1386-4181(97)00012-8). With one piece
//! it is the shock that studies of resilience give a book (Large 2007, doi:10.1016/j.finmar.2006.09.001).
//!
//! Units: times in nanoseconds, sizes in lots. Its pieces are market orders: each takes what the venue lets it, within
//! the venue's protection, and what is left of it is lost. Assumes nothing of the market. Of several members each has
//! a large order of its own.

use exchange::units::Side;
use serde::Deserialize;

use super::{TIME_NS_MAX, takes_parameters};
use crate::context::{Context, Order};
use crate::crowd::Crowd;

/// Most pieces of one order.
const PIECES_MAX: u32 = 1_000_000;

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    pub(crate) buy: bool,
    /// Of the whole order.
    pub(crate) lots: u64,
    #[serde(default = "one")]
    pub(crate) pieces: u32,
    /// Between two pieces.
    #[serde(default)]
    pub(crate) interval_ns: i64,
    /// When it begins; when the agent does, or the market opens, when left out.
    #[serde(default)]
    pub(crate) from_ns: Option<i64>,
}

const fn one() -> u32 {
    1
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = (1..=1 << 40).contains(&self.lots)
            && (1..=PIECES_MAX).contains(&self.pieces)
            && u64::from(self.pieces) <= self.lots
            && (0..=TIME_NS_MAX).contains(&self.interval_ns)
            && (self.pieces == 1 || self.interval_ns > 0)
            && (0..=TIME_NS_MAX).contains(&self.from_ns.unwrap_or(0));
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct Block {
    params: Params,
    /// Pieces and lots that each member has sent.
    sent: Vec<(u32, u64)>,
}

pub(crate) fn crowd(params: Params, count: usize) -> Box<dyn Crowd> {
    Box::new(Block { params, sent: vec![(0, 0); count] })
}

impl Crowd for Block {
    takes_parameters!();

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        context.wake_at(self.params.from_ns.unwrap_or(open).max(context.now()), 0);
    }

    fn on_timer(&mut self, who: u32, _timer: u32, context: &mut Context<'_>) {
        let market = context.home();
        let Params { buy, lots, pieces, interval_ns, .. } = self.params;
        let (piece, before) = &mut self.sent[who as usize];
        if context.now() >= context.hours(market).1 || *piece >= pieces || *before >= lots {
            return;
        }
        *piece += 1;
        // The pieces differ by a lot at most, and are the whole together.
        let until = (u128::from(lots) * u128::from(*piece) / u128::from(pieces)) as u64;
        let size = until.saturating_sub(*before);
        *before = until.max(*before);
        if size > 0 {
            context.place(Order::market(market, if buy { Side::Buy } else { Side::Sell }, size));
        }
        if *piece < pieces {
            context.wake_at(context.now() + interval_ns, 0);
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
