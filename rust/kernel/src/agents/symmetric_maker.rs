//! The symmetric market maker: one bid and one ask at the same distance from the middle, whatever it holds.
//!
//! Source: the benchmark strategy against which Avellaneda and Stoikov (2008, doi:10.1080/14697680701381228) measure
//! theirs, with a limit on the position as in Guéant, Lehalle and Fernandez-Tapia (2013,
//! doi:10.1007/s11579-012-0087-0), beyond which a side is not quoted.
//!
//! Units: times in nanoseconds, sizes in lots, the spread as a part of the price. Assumes nothing of the market but a
//! feed. Where a side is empty the last trade stands for the middle, and before the first the initial price.

use exchange::units::Side;
use serde::Deserialize;

use super::quoting::{middle, quote_side};
use super::{TIME_NS_MAX, takes_parameters};
use crate::context::Context;
use crate::crowd::{Crowd, Interests};

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Time between two quotes.
    pub(crate) interval_ns: i64,
    /// From its bid to its ask, as a part of the middle.
    pub(crate) spread: f64,
    /// Size of each quote.
    pub(crate) lots: u64,
    /// Largest position either way: a quote never offers more than leads there.
    pub(crate) position_lots: i64,
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = self.spread.is_finite()
            && (0.0..2.0).contains(&self.spread)
            && (1..=TIME_NS_MAX).contains(&self.interval_ns)
            && self.lots >= 1
            && (0..=1 << 40).contains(&self.position_lots);
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }
}

#[derive(Clone)]
struct Maker {
    params: Params,
}

pub(crate) fn crowd(params: Params, _count: usize) -> Box<dyn Crowd> {
    Box::new(Maker { params })
}

impl Crowd for Maker {
    takes_parameters!();

    fn interests(&self) -> Interests {
        Interests::FILLS
    }

    fn on_start(&mut self, _who: u32, context: &mut Context<'_>) {
        let (open, _) = context.hours(context.home());
        // Each begins at a moment of its own, so that they do not all quote at once.
        let phase = context.stream().integer(0, self.params.interval_ns - 1);
        context.wake_at(open.max(context.now()).saturating_add(phase), 0);
    }

    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        let (market, now) = (context.home(), context.now());
        if now >= context.hours(market).1 {
            return;
        }
        context.wake_at(now + self.params.interval_ns, 0);
        context.cancel_all(market);
        let (quote, last) = context.look(market);
        let mid = middle(&quote, &last, market, context);
        let position = context.position(market);
        let half = 0.5 * self.params.spread * mid;
        for side in [Side::Buy, Side::Sell] {
            let room = self.params.position_lots.saturating_sub(side.sign() * position);
            let lots = self.params.lots.min(u64::try_from(room).unwrap_or(0));
            if lots > 0 {
                quote_side(market, side, mid - side.sign() as f64 * half, lots, &quote, context);
            }
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
