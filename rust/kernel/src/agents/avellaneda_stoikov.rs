//! The market maker of Avellaneda and Stoikov: quotes around a price that leans against its inventory.
//!
//! Source: Avellaneda and Stoikov (2008, doi:10.1080/14697680701381228), equations 29 and 30: with inventory `q`,
//! risk aversion `gamma`, variance `sigma^2` and time left `T - t`, the reservation price is
//! `mid - q * gamma * sigma^2 * (T - t)`, and the spread is `gamma * sigma^2 * (T - t) + 2 / gamma * ln(1 + gamma / k)`.
//!
//! Units: prices in ticks, `sigma` in ticks for the square root of a second, inventory in order sizes, `gamma` in
//! 1/ticks, `k` in 1/ticks. Assumes a mid price that is Brownian and orders that arrive at a rate falling with
//! `exp(-k * distance)`. With `horizon_s` zero the time left is that to the close; else it is that constant.

use exchange::units::Side;
use serde::Deserialize;

use super::quoting::{middle, quote_side};
use super::{TIME_NS_MAX, sane, takes_parameters};
use crate::context::Context;
use crate::crowd::{Crowd, Interests};

/// Parameters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Params {
    /// Time between two quotes.
    pub(crate) interval_ns: i64,
    pub(crate) gamma: f64,
    pub(crate) sigma: f64,
    pub(crate) k: f64,
    /// A constant time left in seconds; zero for the time to the close.
    #[serde(default)]
    pub(crate) horizon_s: f64,
    /// Size of each quote.
    pub(crate) lots: u64,
    /// Largest position either way; beyond it, only the quote that reduces it stands.
    pub(crate) position_lots: i64,
}

impl Params {
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        let sound = sane(&[self.gamma, self.sigma, self.k, self.horizon_s])
            && self.gamma > 0.0
            && self.k > 0.0
            && (1..=TIME_NS_MAX).contains(&self.interval_ns)
            && self.lots >= 1
            && self.position_lots >= 0;
        if sound { Ok(()) } else { Err("a parameter is out of its range") }
    }

    /// The bid and the ask that it wishes for, in ticks.
    pub(crate) fn quotes(&self, mid: f64, inventory: f64, seconds_left: f64) -> (f64, f64) {
        let risk = self.gamma * self.sigma * self.sigma * seconds_left;
        let reservation = mid - inventory * risk;
        let half = 0.5 * risk + libm::log1p(self.gamma / self.k) / self.gamma;
        (reservation - half, reservation + half)
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
        context.wake_at(open.max(context.now()), 0);
    }

    fn on_timer(&mut self, _who: u32, _timer: u32, context: &mut Context<'_>) {
        let (market, now) = (context.home(), context.now());
        let (_, close) = context.hours(market);
        if now >= close {
            return;
        }
        context.wake_at(now + self.params.interval_ns, 0);
        context.cancel_all(market);
        let (quote, last) = context.look(market);
        let mid = middle(&quote, &last, market, context);
        let position = context.position(market);
        let left =
            if self.params.horizon_s > 0.0 { self.params.horizon_s } else { (close - now) as f64 * 1e-9 };
        let (bid, ask) = self.params.quotes(mid, position as f64 / self.params.lots as f64, left);
        for (side, wish) in [(Side::Buy, bid), (Side::Sell, ask)] {
            if side.sign() * position < self.params.position_lots {
                quote_side(market, side, wish, self.params.lots, &quote, context);
            }
        }
    }

    fn copy(&self) -> Box<dyn Crowd> {
        Box::new(self.clone())
    }
}
